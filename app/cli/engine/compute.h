// What the verbs that compute share: the options every one of them takes, and a model opened by them.
#pragma once

#include "app/cli/arguments.h"
#include "app/cli/interrupt.h"
#include "inference/engine/loaded_model.h"
#include "vulkan/runtime/device.h"

#include <memory>

namespace lares::cli {

struct ComputeOptions {
    std::string device = "auto";                 ///< --device
    std::uint32_t threads = 0;                   ///< --threads of the processor; 0: one on each physical core
    bool exact = false;                          ///< --exact
    std::uint32_t contextLength = 0;             ///< --context; 0: the default
    std::vector<inference::Adapter> adapters{};  ///< --lora FILE[:SCALE], as often as it is given
};

/// Takes --device, --threads, --exact, every --lora and, where `withContext`, --context out of the command line.
ComputeOptions takeComputeOptions(Arguments& arguments, bool withContext);

/// A whole number of `least` to `most`, or `absent`.
std::int64_t takeInteger(Arguments& arguments, std::string_view name, std::int64_t absent, std::int64_t least,
                         std::int64_t most);

/// A model that writes text on its device, without the Engine around it: for verbs that look inside.
struct OpenModel {
    /// Warnings of the load go to standard error. Throws badRequest for a model that only makes embeddings.
    OpenModel(const std::string& path, const ComputeOptions& options);

    std::unique_ptr<vulkan::Instance> instance;
    /// null where the processor computes
    std::unique_ptr<vulkan::Device> device;
    std::unique_ptr<inference::Backend> backend;
    std::unique_ptr<inference::LoadedModel> model;
    double loadSeconds = 0;
};

}  // namespace lares::cli

// A model file on a device or on the processor, without the engine around it: what tests of whole models work with.
#pragma once

#include "inference/cpu/cpu_session.h"
#include "inference/cpu/processor.h"
#include "inference/models/architecture.h"
#include "inference/program/context.h"
#include "inference/program/vulkan_session.h"

#include <cmath>
#include <cstring>
#include <memory>
#include <numeric>

namespace lares::tests {

struct ModelSession {
    /// `place`: a vulkan::Device or a cpu::ThreadPool.
    ModelSession(auto& place, const std::filesystem::path& path, inference::SessionShape shape)
        : ModelSession(
              place,
              inference::defineModel(std::make_shared<const inference::GgufFile>(inference::GgufFile::open(path))),
              shape) {}
    ModelSession(vulkan::Device& device, inference::ModelDefinition model, inference::SessionShape shape)
        : definition(std::move(model)),
          session(std::make_unique<inference::VulkanSession>(
              device, definition, *inference::VulkanWeights::upload(device, definition.weights, {}, {}), shape)),
          context(*session) {}
    ModelSession(inference::cpu::ThreadPool& pool, inference::ModelDefinition model, inference::SessionShape shape)
        : definition(std::move(model)),
          session(std::make_unique<inference::cpu::CpuSession>(
              pool, *inference::cpu::usableKernels().front(), definition,
              *inference::cpu::CpuWeights::load(pool, definition.weights, {}, {}), shape)),
          context(*session) {}

    /// One pass over the tokens: the logits at the positions, [positions.size(), vocabulary].
    std::vector<float> score(std::span<const inference::TokenId> tokens, std::span<const std::uint32_t> positions) {
        std::vector<float> all;
        context.score(tokens, positions, [&](std::uint32_t, std::span<const float> logits) {
            all.insert(all.end(), logits.begin(), logits.end());
        });
        return all;
    }

    inference::ModelDefinition definition;
    std::unique_ptr<inference::Session> session;
    inference::Context context;
};

/// sum((ours - truth)^2) / sum(truth^2). A NaN anywhere, or another length, makes it infinite.
template <typename Ours, typename Truth>
double nmse(const Ours& ours, const Truth& truth) {
    if (ours.size() != truth.size() || truth.size() == 0) return INFINITY;
    double error = 0, power = 0;
    for (std::size_t i = 0; i < ours.size(); ++i) {
        const double difference = static_cast<double>(ours[i]) - static_cast<double>(truth[i]);
        error += difference * difference;
        power += static_cast<double>(truth[i]) * static_cast<double>(truth[i]);
    }
    const double result = error / power;
    return std::isfinite(result) ? result : INFINITY;
}

}  // namespace lares::tests

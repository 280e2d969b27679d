// What of a model would lie where on a device, and how long a context it gets there. Computed from the model's
// definition and the device's sizes alone: no weights are read, and there need not be a device.
#pragma once

#include "inference/engine/backend.h"

#include <functional>
#include <string>

namespace lares::inference {

struct ContextWish {
    std::uint32_t requested = 0;   ///< 0: min(trained, kDefaultContext), less where memory does not allow it
    std::uint32_t trained = 0;     ///< what the model can do
    std::uint32_t deviceMost = 0;  ///< what the device can address
};

struct ContextPlan {
    std::uint32_t length = 0;
    std::string warning{};  ///< a sentence when it is less than was asked for or usual, else empty
    std::string refusal{};  ///< a sentence with all the numbers when the model does not fit, else empty
};

inline constexpr std::uint32_t kDefaultContext = 4096;

/// `needAt(length)` is the memory for a context of that length, growing with it. It is refused when the model does not
/// fit with the context asked for, or, when none was asked for, not even with a short one.
ContextPlan planContext(const ContextWish& wish, std::uint64_t freeBytes, const std::string& deviceName,
                        const std::function<MemoryNeed(std::uint32_t)>& needAt);

/// A graphics card with so much memory, all of it free, as good as they come otherwise.
vulkan::DeviceInfo imaginedDevice(std::uint64_t memoryBytes);

struct LayerPlan {
    std::uint64_t weightsBytes = 0;  ///< experts included
    std::uint64_t expertsBytes = 0;
    std::uint64_t cacheBytes = 0;
    bool fits = false;  ///< beside the layers before it, the scratch memory and what belongs to no layer
};

struct SessionPlan {
    SessionShape shape;
    MemoryNeed need;
    std::uint64_t freeBytes = 0;      ///< for the model
    std::uint64_t reservedBytes = 0;  ///< of what is free on the device, left to the rest of the system
    std::string warning{};            ///< as in ContextPlan
    std::string refusal{};
    std::vector<LayerPlan> layers;
    std::uint64_t otherWeightsBytes = 0;  ///< embedding, output and what else belongs to no layer
};

struct SessionWish {
    std::uint32_t contextLength = 0;  ///< as ContextWish::requested
    bool exact = false;               ///< keys and values are cached as f32
};

/// `freeBytes`: free there now.
SessionPlan planSession(const ModelDefinition& model, const SessionWish& wish, const ComputeTarget& target,
                        std::uint64_t freeBytes);

/// Of what is free, left to the rest of the system.
std::uint64_t reserveBytes(const ComputeTarget& target);

/// Bytes of weights that one token reads: every weight once, but of an embedding that is not the output, too, only one
/// row, and of experts only the chosen ones.
std::uint64_t bytesReadPerToken(const ModelDefinition& model, const ComputeTarget& target);

/// "3.9 GiB", "512 MiB".
std::string readableBytes(std::uint64_t bytes);

}  // namespace lares::inference

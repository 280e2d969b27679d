#include "inference/engine/backend.h"
#include "inference/program/vulkan_session.h"

namespace lares::inference {

namespace {

/// How much a device is given at once.
struct Portions {
    std::uint32_t chunkLength;  ///< see ComputeTarget
    /// Multiply-adds of one submission: a fraction of a second on the slowest of the kind. Drivers of graphics cards
    /// reset a device that is busy for seconds; a software device has no such limit.
    std::uint64_t workPerSubmit;
};

Portions portionsFor(vulkan::DeviceType type) {
    constexpr std::uint64_t kBillion = 1'000'000'000;
    switch (type) {
        case vulkan::DeviceType::discrete:
            return {512, 100 * kBillion};
        case vulkan::DeviceType::integrated:
        case vulkan::DeviceType::virtualGpu:
            return {128, 25 * kBillion};
        case vulkan::DeviceType::software:
        case vulkan::DeviceType::other:
            break;
    }
    return {32, ~std::uint64_t{0}};
}

}  // namespace

ComputeTarget vulkanTarget(const vulkan::DeviceInfo& device) {
    const auto [chunkLength, workPerSubmit] = portionsFor(device.type);
    ComputeTarget target;
    target.name = device.name;
    target.memoryTotalBytes = device.memoryTotalBytes;
    target.chunkLength = chunkLength;
    target.workPerSubmit = workPerSubmit;
    target.memoryNeed = &VulkanSession::memoryNeed;
    target.weightBytes = [](const WeightSource& weight) { return VulkanWeights::sizeBytes(weight); };
    target.mostContext = [device](const ModelDefinition& model, CacheType type) {
        return VulkanSession::mostContext(model, type, device);
    };
    target.check = [device](const ModelDefinition& model) { VulkanSession::check(model, device); };
    return target;
}

std::unique_ptr<Session> VulkanBackend::open(const ModelDefinition& model, const SessionShape& shape,
                                             const std::function<void(std::uint64_t)>& onBytes, std::stop_token stop) {
    auto weights = VulkanWeights::upload(m_device, model.weights, onBytes, stop);
    return weights ? std::make_unique<VulkanSession>(m_device, model, std::move(*weights), shape) : nullptr;
}

}  // namespace lares::inference

#include "inference/engine/memory_plan.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>
#include <string_view>

namespace lares::inference {

namespace {

constexpr std::uint32_t kContextStep = 256;  ///< granule, and the shortest context that is any use

std::string tooLarge(const MemoryNeed& need, std::uint32_t length, std::uint64_t freeBytes,
                     const std::string& deviceName) {
    return "This model needs " + readableBytes(need.total()) + " of memory (" + readableBytes(need.weightsBytes) +
           " for its weights, " + readableBytes(need.cacheBytes) + " for a context of " + std::to_string(length) +
           " tokens, " + readableBytes(need.scratchBytes) + " to compute in), but " + deviceName + " has " +
           readableBytes(freeBytes) +
           " free. Choose a smaller model or a shorter context, or close other programs that use the device.";
}

/// N of "blk.N.": how GGUF names what belongs to a layer.
std::optional<std::uint32_t> layerOf(const std::string& name) {
    constexpr std::string_view kBlock = "blk.";
    std::uint32_t layer = 0;
    if (!name.starts_with(kBlock)) return std::nullopt;
    const auto result = std::from_chars(name.data() + kBlock.size(), name.data() + name.size(), layer);
    return result.ec == std::errc() ? std::optional(layer) : std::nullopt;
}

void planLayers(const ModelDefinition& model, const ComputeTarget& target, SessionPlan& plan) {
    plan.layers.resize(model.parameters.layerCount);
    for (const WeightSource& weight : model.weights) {
        const std::uint64_t bytes = target.weightBytes(weight);
        const std::optional<std::uint32_t> layer = layerOf(weight.name);
        if (!layer || *layer >= plan.layers.size()) {
            plan.otherWeightsBytes += bytes;
            continue;
        }
        plan.layers[*layer].weightsBytes += bytes;
        if (weight.experts > 0) plan.layers[*layer].expertsBytes += bytes;
    }
    std::uint64_t taken = plan.otherWeightsBytes + plan.need.scratchBytes;
    for (std::uint32_t layer = 0; layer < plan.layers.size(); ++layer) {
        LayerPlan& one = plan.layers[layer];
        one.cacheBytes = layerCacheBytes(model, layer, plan.shape);
        taken += one.weightsBytes + one.cacheBytes;
        one.fits = taken <= plan.freeBytes;
    }
}

}  // namespace

std::string readableBytes(std::uint64_t bytes) {
    constexpr const char* kUnits[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double number = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; number >= 1024 && unit + 1 < std::size(kUnits); ++unit) number /= 1024;
    char text[40];
    std::snprintf(text, sizeof text, number < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", number, kUnits[unit]);
    return text;
}

ContextPlan planContext(const ContextWish& wish, std::uint64_t freeBytes, const std::string& deviceName,
                        const std::function<MemoryNeed(std::uint32_t)>& needAt) {
    const std::uint32_t wanted = wish.requested ? wish.requested : std::min(wish.trained, kDefaultContext);
    ContextPlan plan{wanted};
    if (plan.length > wish.trained) {
        plan.length = wish.trained;
        plan.warning = "The context is " + std::to_string(plan.length) + " tokens instead of " +
                       std::to_string(wanted) + ", because the model was made for no more.";
    }
    if (plan.length > wish.deviceMost) {
        plan.length = wish.deviceMost;
        plan.warning = "The context is " + std::to_string(plan.length) + " tokens instead of " +
                       std::to_string(wanted) + ", because " + deviceName + " cannot address more.";
    }
    const auto fits = [&](std::uint32_t length) { return needAt(length).total() <= freeBytes; };
    if (fits(plan.length)) return plan;

    const std::uint32_t shortest = std::min(plan.length, kContextStep);
    if (wish.requested || !fits(shortest)) {
        plan.refusal = tooLarge(needAt(plan.length), plan.length, freeBytes, deviceName);
        return plan;
    }
    std::uint32_t good = 1;  // in steps; the longest that fits lies in [good, bad)
    std::uint32_t bad = plan.length / kContextStep + 1;
    while (bad - good > 1) {
        const std::uint32_t middle = good + (bad - good) / 2;
        (fits(middle * kContextStep) ? good : bad) = middle;
    }
    plan.warning = "The context is " + std::to_string(good * kContextStep) + " tokens instead of " +
                   std::to_string(plan.length) + ", because " + deviceName + " has only " + readableBytes(freeBytes) +
                   " of memory free.";
    plan.length = good * kContextStep;
    return plan;
}

vulkan::DeviceInfo imaginedDevice(std::uint64_t memoryBytes) {
    vulkan::DeviceInfo device;
    device.name = "a graphics card";
    device.type = vulkan::DeviceType::discrete;
    device.memoryTotalBytes = device.memoryFreeBytes = memoryBytes;
    device.limits.maxStorageBufferRangeBytes = ~std::uint32_t{0};
    device.limits.maxAllocationBytes = ~std::uint32_t{0};
    return device;
}

std::uint64_t reserveBytes(const ComputeTarget& target) {
    return std::min<std::uint64_t>(std::uint64_t{256} << 20, target.memoryTotalBytes / 16);
}

SessionPlan planSession(const ModelDefinition& model, const SessionWish& wish, const ComputeTarget& target,
                        std::uint64_t freeBytes) {
    const CacheType cacheType = wish.exact ? CacheType::f32 : CacheType::f16;
    const auto shapeAt = [&](std::uint32_t length) {
        const std::uint32_t chunk = model.parameters.causal ? std::min(target.chunkLength, length) : length;
        return SessionShape{length, chunk, cacheType, target.workPerSubmit};
    };
    SessionPlan plan;
    plan.reservedBytes = std::min(reserveBytes(target), freeBytes);
    plan.freeBytes = freeBytes - plan.reservedBytes;
    const ContextPlan context = planContext(
        {wish.contextLength, model.parameters.contextLength, target.mostContext(model, cacheType)}, plan.freeBytes,
        target.name, [&](std::uint32_t length) { return target.memoryNeed(model, shapeAt(length)); });
    plan.shape = shapeAt(context.length);
    plan.need = target.memoryNeed(model, plan.shape);
    plan.warning = context.warning;
    plan.refusal = context.refusal;
    planLayers(model, target, plan);
    return plan;
}

std::uint64_t bytesReadPerToken(const ModelDefinition& model, const ComputeTarget& target) {
    const Program program = model.program(1, 1);
    std::uint64_t sum = 0;
    for (const Operation& operation : program.operations) {
        if (const auto* op = std::get_if<Matmul>(&operation)) {
            sum += target.weightBytes(model.weights[op->weight]);
        }
        if (const auto* op = std::get_if<ExpertMatmul>(&operation)) {
            const std::uint64_t all = target.weightBytes(model.weights[op->weight]);
            sum += all / op->expertCount * program.values[op->experts].width;
        }
    }
    return sum;
}

}  // namespace lares::inference

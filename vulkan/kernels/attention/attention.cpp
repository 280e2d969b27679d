// See attention.h.
#include "vulkan/kernels/attention/attention.h"

#include "vulkan/kernels/attention/attention_params.h"
#include "vulkan/kernels/common/grid.h"
#include "vulkan/kernels/step.h"
#include "vulkan/shaders.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace lares::vulkan {

namespace {

constexpr std::uint32_t kSplitLength = 256;
constexpr std::uint32_t kSplitMaxRows = 8;  // more rows are enough workgroups by themselves
constexpr std::uint32_t kMaxQueries = 8;

std::uint32_t splitCount(const AttentionShape& shape) {
    if (shape.rows > kSplitMaxRows) return 1;
    const std::uint32_t seen = shape.window ? std::min(shape.capacity, shape.window + shape.rows - 1) : shape.capacity;
    return divideUp(seen, kSplitLength);
}

}  // namespace

std::uint64_t attentionScratchBytes(const AttentionShape& shape) {
    const std::uint32_t splits = splitCount(shape);
    if (splits == 1) return 16;
    return std::uint64_t{shape.rows} * shape.headCount * splits * (shape.headSize / 4 + 1) * 16;
}

void recordAttention(CommandList& commands, Device& device, const AttentionArgs& args) {
    const AttentionShape& shape = args.shape;
    const std::uint64_t bytes = std::uint64_t{shape.rows} * shape.headCount * shape.headSize * 4;
    const std::uint64_t cacheBytes =
        std::uint64_t{shape.capacity} * shape.headCountKv * shape.headSize * cacheTypeBytes(args.cacheType);
    assert(shape.rows > 0 && shape.capacity > 0 && shape.headCountKv > 0 && shape.headCount % shape.headCountKv == 0);
    assert(args.causal || shape.window == 0);
    assert(shape.headSize % 4 == 0 && shape.headSize > 0 && shape.headSize <= 256);
    assert(args.query.size >= bytes && args.out.size >= bytes && args.step.size >= sizeof(StepParams));
    assert(args.keyCache.size >= cacheBytes && args.valueCache.size >= cacheBytes);
    assert(args.scratch.size >= attentionScratchBytes(shape));
    assert(!args.sinks || args.sinks->size >= std::uint64_t{shape.headCount} * 4);
    assert(!args.slopes || args.slopes->size >= std::uint64_t{shape.headCount} * 4);

    const std::uint32_t queryCount = shape.rows * (shape.headCount / shape.headCountKv);  // per key/value head
    const std::uint32_t queries = std::min(kMaxQueries, std::bit_ceil(queryCount));
    const std::uint32_t splits = splitCount(shape);
    const std::uint32_t size = workgroupSize(device.info(), 128), fours = shape.headSize / 4;
    const std::uint32_t windowed = shape.window > 0 ? 1 : 0, causal = args.causal ? 1 : 0;
    const AttentionParams params{.rows = shape.rows,
                                 .headCount = shape.headCount,
                                 .headCountKv = shape.headCountKv,
                                 .capacity = shape.capacity,
                                 .window = shape.window,
                                 .splitLength = splits == 1 ? shape.capacity : kSplitLength,
                                 .splitCount = splits,
                                 .scale = args.scale,
                                 .softCap = args.softCap};
    commands.dispatch(
        device.pipeline(shaders::attention,
                        {{size, fours, queries, args.cacheType == CacheType::f16 ? 1u : 0u, splits > 1 ? 1u : 0u,
                          windowed, args.softCap > 0 ? 1u : 0u, causal, args.sinks ? 1u : 0u, args.slopes ? 1u : 0u}}),
        {read(args.query), read(args.keyCache), read(args.valueCache), write(splits > 1 ? args.scratch : args.out),
         read(args.step), read(args.sinks.value_or(args.query)), read(args.slopes.value_or(args.query))},
        params, {divideUp(queryCount, queries), shape.headCountKv, splits});
    if (splits == 1) return;
    commands.dispatch(
        device.pipeline(shaders::attention_join, {{workgroupSize(device.info(), fours), fours, windowed, causal}}),
        {read(args.scratch), write(args.out), read(args.step)}, params, {shape.rows * shape.headCount, 1, 1});
}

}  // namespace lares::vulkan

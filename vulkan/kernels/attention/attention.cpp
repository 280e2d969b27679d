// See attention.h.
#include "vulkan/kernels/attention/attention.h"

#include "vulkan/kernels/attention/attention_params.h"
#include "vulkan/kernels/common/grid.h"
#include "vulkan/kernels/step.h"
#include "vulkan/runtime/error.h"
#include "vulkan/shaders.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <string>

namespace lares::vulkan {

namespace {

constexpr std::uint32_t kSplitMaxRows = 8;  // more rows are enough workgroups by themselves
constexpr std::uint32_t kMaxQueries = 8;
constexpr std::uint32_t kLeastPart = 64;    // as in attention.comp
constexpr std::uint32_t kMaxParts = 64;     // the merging workgroup reads them all
constexpr std::uint32_t kWorkgroups = 264;  // fill the largest of today's devices twice
constexpr std::uint32_t kSoftwareWorkgroups = 8;
constexpr std::uint32_t kCoopSubgroups = 4;   // of a workgroup
constexpr std::uint32_t kCoopPositions = 32;  // of a block: kPositions of attention_coop.comp
static_assert(kAttentionCounterBytes / 4 >= kWorkgroups, "what is in parts has fewer groups of queries than that");

/// How the queries that share a key/value head are dealt out.
struct QueryGroups {
    std::uint32_t queries;  ///< of a group
    std::uint32_t count;    ///< groups of a key/value head
};

QueryGroups queryGroups(const AttentionShape& shape) {
    const std::uint32_t all = shape.rows * (shape.headCount / shape.headCountKv);
    const std::uint32_t count = divideUp(all, kMaxQueries);
    return {divideUp(all, count), count};
}

/// Parts of the positions, so many that about `workgroups` are busy when the cache is full.
std::uint32_t mostParts(const AttentionShape& shape, std::uint32_t workgroups) {
    if (shape.rows > kSplitMaxRows) return 1;
    const std::uint32_t seen = shape.window ? std::min(shape.capacity, shape.window + shape.rows - 1) : shape.capacity;
    const std::uint32_t groups = queryGroups(shape).count * shape.headCountKv;
    if (groups >= workgroups) return 1;
    return std::min({divideUp(workgroups, groups), divideUp(seen, kLeastPart), kMaxParts});
}

/// The clusters of lanes that attention.comp works with.
struct Clusters {
    std::uint32_t chunkFours;  ///< fours of numbers in what a lane loads at once
    std::uint32_t lanes;
    std::uint32_t unroll;  ///< positions at once
};

Clusters clustersFor(const DeviceInfo& device, const AttentionShape& shape, CacheType type, std::uint32_t queries) {
    const std::uint32_t fours = shape.headSize / 4;
    Clusters clusters{type == CacheType::f16 && fours % 2 == 0 ? 2u : 1u, 1, 1};
    const std::uint32_t chunks = fours / clusters.chunkFours;
    // Two chunks to a lane: fewer lanes want more registers, more lanes want more steps to add up a product.
    clusters.lanes = std::min(std::bit_ceil(divideUp(chunks, 2)), std::bit_floor(device.limits.minSubgroupSize));
    if (device.type != DeviceType::software) {
        const std::uint32_t chunksInFlight = queries > 4 ? 4 : 8;
        clusters.unroll = std::clamp(chunksInFlight / divideUp(chunks, clusters.lanes), 1u, 4u);
    }
    return clusters;
}

/// Subgroups of the device's usual size, none of them partly filled, where that can be asked for.
PipelineOptions wholeSubgroups(const DeviceInfo& device) {
    if (!device.features.subgroupSizeControl) return {};
    return {device.limits.subgroupSize, true};
}

std::uint32_t flag(bool value) {
    return value ? 1 : 0;
}

AttentionParams paramsOf(const AttentionArgs& args, std::uint32_t parts) {
    const AttentionShape& shape = args.shape;
    return {.rows = shape.rows,
            .headCount = shape.headCount,
            .headCountKv = shape.headCountKv,
            .capacity = shape.capacity,
            .window = shape.window,
            .partCount = parts,
            .scale = args.scale,
            .softCap = args.softCap};
}

void recordScalar(CommandList& commands, Device& device, const AttentionArgs& args) {
    const AttentionShape& shape = args.shape;
    const DeviceInfo& info = device.info();
    const QueryGroups groups = queryGroups(shape);
    const bool fewParts = info.type == DeviceType::software && !args.manyParts;
    const std::uint32_t parts = mostParts(shape, fewParts ? kSoftwareWorkgroups : kWorkgroups);
    const Clusters clusters = clustersFor(info, shape, args.cacheType, groups.queries);
    const PipelineOptions options = wholeSubgroups(info);
    const std::uint32_t size = workgroupSize(info, 128);
    const std::uint32_t subgroups = size / (options.subgroupSize ? options.subgroupSize : info.limits.minSubgroupSize);
    commands.dispatch(
        device.pipeline(
            shaders::attention,
            {{size, subgroups, shape.headSize / 4, groups.queries, clusters.lanes, clusters.unroll,
              flag(args.cacheType == CacheType::f16), flag(shape.window > 0), flag(args.softCap > 0), flag(args.causal),
              flag(args.sinks.has_value()), flag(args.slopes.has_value()), clusters.chunkFours}},
            options),
        {read(args.query), read(args.keyCache), read(args.valueCache), write(args.out), read(args.step),
         read(args.sinks.value_or(args.query)), read(args.slopes.value_or(args.query)), readWrite(args.scratch)},
        paramsOf(args, parts), {shape.headCountKv, groups.count, parts});
}

/// Whether attention_coop.comp can compute this here.
bool cooperativeFits(const DeviceInfo& device, const AttentionArgs& args) {
    const std::uint32_t size = device.limits.cooperativeMatrixSize, subgroup = device.limits.subgroupSize;
    if (!device.features.cooperativeMatrix || !device.features.subgroupShuffle) return false;
    if (args.cacheType != CacheType::f16 || args.shape.headSize % size != 0) return false;
    const std::uint32_t rowLanes = subgroup / size;
    if (subgroup % size != 0 || rowLanes == 0 || kCoopPositions / 8 % rowLanes != 0) return false;
    const std::uint32_t blockBytes = 2 * kCoopPositions * (args.shape.headSize / 8 + 1) * 16;
    const std::uint32_t scoreBytes = kCoopSubgroups * size * ((kCoopPositions + 4) * 4 + (kCoopPositions / 2 + 4) * 4);
    return kCoopSubgroups * size <= 2 * kCoopPositions && kCoopPositions % size == 0 &&
           blockBytes + scoreBytes <= device.limits.maxSharedMemoryBytes &&
           kCoopSubgroups * subgroup <= device.limits.maxWorkgroupInvocations;
}

void recordCooperative(CommandList& commands, Device& device, const AttentionArgs& args) {
    const AttentionShape& shape = args.shape;
    const DeviceInfo& info = device.info();
    if (!cooperativeFits(info, args)) {
        throw Error(ErrorKind::unsupported, info.name + " has no cooperative matrices for attention with heads of " +
                                                std::to_string(shape.headSize) + " numbers.");
    }
    const std::uint32_t size = info.limits.cooperativeMatrixSize, subgroup = info.limits.subgroupSize;
    const std::uint32_t queryCount = shape.rows * (shape.headCount / shape.headCountKv);
    commands.dispatch(device.pipeline(shaders::attention_coop,
                                      {{kCoopSubgroups * subgroup, kCoopSubgroups, shape.headSize / 4, size,
                                        subgroup / size, flag(shape.window > 0), flag(args.softCap > 0),
                                        flag(args.causal), flag(args.sinks.has_value()), flag(args.slopes.has_value()),
                                        flag(info.type == DeviceType::software)}},
                                      wholeSubgroups(info)),
                      {read(args.query), read(args.keyCache), read(args.valueCache), write(args.out), read(args.step),
                       read(args.sinks.value_or(args.query)), read(args.slopes.value_or(args.query))},
                      paramsOf(args, 1), {shape.headCountKv, divideUp(queryCount, kCoopSubgroups * size), 1});
}

AttentionKernel chooseKernel(const DeviceInfo& device, const AttentionArgs& args) {
    if (args.kernel != AttentionKernel::automatic) return args.kernel;
    const bool wanted = !args.exact && args.shape.rows > kSplitMaxRows && device.type != DeviceType::software;
    return wanted && cooperativeFits(device, args) ? AttentionKernel::cooperative : AttentionKernel::scalar;
}

}  // namespace

std::uint64_t attentionScratchBytes(const AttentionShape& shape) {
    const std::uint32_t parts = mostParts(shape, kWorkgroups);
    if (parts == 1) return kAttentionCounterBytes + 16;
    const QueryGroups groups = queryGroups(shape);
    return kAttentionCounterBytes +
           std::uint64_t{groups.count} * groups.queries * shape.headCountKv * parts * (shape.headSize / 4 + 1) * 16;
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

    if (chooseKernel(device.info(), args) == AttentionKernel::cooperative) {
        recordCooperative(commands, device, args);
    } else {
        recordScalar(commands, device, args);
    }
}

}  // namespace lares::vulkan

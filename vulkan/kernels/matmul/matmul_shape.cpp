// See matmul_shape.h.
#include "vulkan/kernels/matmul/matmul_shape.h"

#include "vulkan/formats/formats.h"
#include "vulkan/kernels/common/grid.h"
#include "vulkan/runtime/device.h"

#include <algorithm>
#include <bit>

namespace lares::vulkan {

namespace {

/// Large tiles read least; small ones keep a large card busy with a small matrix, or few rows of activations.
constexpr CooperativeTile kTiles[] = {
    {128, 128, 32, 64, 1, 2}, {128, 128, 32, 64, 1, 1}, {128, 64, 32, 32, 1, 2}, {128, 64, 32, 32, 1, 1},
    {64, 64, 32, 32, 1, 2},   {64, 64, 32, 32, 1, 1},   {64, 32, 16, 32, 1, 2},  {32, 32, 16, 16, 1, 1},
};

/// What keeps a large card busy: it has about 130 multiprocessors.
constexpr std::uint32_t kEnoughGroups = 256;

std::uint32_t invocationsOf(const DeviceInfo& device, const CooperativeTile& tile) {
    return tile.rows / tile.partRows * (tile.batch / tile.partBatch) * device.limits.subgroupSize;
}

}  // namespace

MatvecShape matvecShape(const DeviceInfo& device, std::uint32_t chunks, std::uint32_t batch) {
    const DeviceLimits& limits = device.limits;
    const std::uint32_t subgroup = std::clamp(limits.subgroupSize, 4u, 128u);
    // Powers of two: a few columns computed in vain cost less than a pipeline for each number of them.
    MatvecShape shape{subgroup, 4, std::min(std::bit_ceil(batch), kMatvecRows), false};
    if (device.type == DeviceType::software) {
        // Loads cost far more than arithmetic there, and registers nothing: the more each load serves the better. Twice
        // as many rows again would be a quarter faster, and take ten times as long to compile.
        shape.rows = 8;
    } else {
        // Up to four subgroups where the row is long enough to keep them busy; at most 16 sums for a lane.
        if (batch > 4) shape.rows = 2;
        shape.invocations = std::clamp(divideUp(chunks * 4, subgroup) * subgroup, subgroup, std::max(128u, subgroup));
    }
    shape.oneSubgroup = limits.minSubgroupSize == limits.maxSubgroupSize && shape.invocations == limits.subgroupSize;
    return shape;
}

std::uint32_t widthKind(std::uint32_t columns) {
    if (columns % kChunkElements == 0) return 0;
    return columns % 4 == 0 ? 1 : 2;
}

std::span<const CooperativeTile> cooperativeTiles() {
    return kTiles;
}

bool fits(const DeviceInfo& device, const CooperativeTile& tile) {
    const DeviceLimits& limits = device.limits;
    const std::uint32_t size = limits.cooperativeMatrixSize;
    if (!device.features.cooperativeMatrix || tile.partRows % size != 0 || tile.partBatch % size != 0) return false;
    const std::uint32_t invocations = invocationsOf(device, tile);
    const std::uint32_t loads = kChunkElements / 32;  // lanes that load a row
    const std::uint32_t tileBytes = tile.stages * (tile.rows + tile.batch) * (tile.stepWords * 4 + 1) * 16;
    const std::uint32_t bytes = tileBytes + invocations / limits.subgroupSize * size * size * 4;
    return tile.rows * loads % invocations == 0 && tile.batch * loads % invocations == 0 &&
           bytes <= limits.maxSharedMemoryBytes && invocations <= limits.maxWorkgroupInvocations &&
           invocations <= limits.maxWorkgroupSize[0];
}

std::optional<CooperativeTile> cooperativeTile(const DeviceInfo& device, std::uint32_t rows, std::uint32_t batch,
                                               std::uint32_t tileBatch) {
    std::optional<CooperativeTile> chosen;
    for (const CooperativeTile& tile : kTiles) {
        if (!fits(device, tile) || (tileBatch && tile.batch != tileBatch)) continue;
        chosen = tile;
        const bool filled = tile.batch <= std::bit_ceil(batch) && tile.rows <= std::bit_ceil(rows);
        if (filled && divideUp(rows, tile.rows) * divideUp(batch, tile.batch) >= kEnoughGroups) break;
    }
    return chosen;
}

const Pipeline& cooperativePipeline(Device& device, const Shader& shader, const Format& format, std::uint32_t widthKind,
                                    const CooperativeTile& tile) {
    const DeviceInfo& info = device.info();
    if (!fits(info, tile)) {
        throw Error(ErrorKind::unsupported, info.name + " has no cooperative matrices of the shape asked for.");
    }
    const std::uint32_t invocations = invocationsOf(info, tile);
    const bool unpackLoads = format.blockElements == 1;
    const bool compact = info.type == DeviceType::software;
    return device.pipeline(
        shader,
        {{invocations, widthKind, info.limits.cooperativeMatrixSize, tile.rows, tile.batch, tile.partRows,
          tile.partBatch, tile.stepWords, tile.stages, unpackLoads ? 1u : 0u, invocations, compact ? 1u : 0u}},
        {.subgroupSize = info.features.subgroupSizeControl ? info.limits.subgroupSize : 0, .fullSubgroups = true});
}

}  // namespace lares::vulkan

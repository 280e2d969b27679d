// See matmul.h.
#include "vulkan/kernels/matmul/matmul.h"

#include "vulkan/format_shaders.h"
#include "vulkan/kernels/common/grid.h"
#include "vulkan/kernels/matmul/matmul_params.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace lares::vulkan {

namespace {

constexpr std::uint32_t kTile = 64;  // of matmul.glsl

/// How matvec.glsl is specialised.
struct MatvecShape {
    std::uint32_t invocations;
    std::uint32_t rows;   ///< of weights in a workgroup
    std::uint32_t batch;  ///< rows of activations in a workgroup
    bool oneSubgroup;     ///< certain that the workgroup is one subgroup
};

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

}  // namespace

void recordMatmul(CommandList& commands, Device& device, const WeightMatrix& weights, const MatmulArgs& args) {
    const std::uint64_t outBytes = std::uint64_t{args.rows} * weights.rows * 4;
    assert(args.rows > 0 && args.in.size >= std::uint64_t{args.rows} * weights.columns * 4);
    assert(args.out.size >= outBytes);
    assert(!args.bias || args.bias->size >= std::uint64_t{weights.rows} * 4);
    assert(!args.residual || args.residual->size >= outBytes);

    const std::uint32_t chunks = divideUp(weights.columns, kChunkElements);
    const std::uint32_t kind = widthKind(weights.columns);
    const FormatShaders& shaders = kFormatShaders[weights.format->index];
    const bool automaticTiles = args.rows > kMatvecRows && device.info().type != DeviceType::software;
    const bool tiled = args.kernel == MatmulKernel::automatic ? automaticTiles : args.kernel == MatmulKernel::tiled;
    const MatvecShape matvec = matvecShape(device.info(), chunks, args.rows);
    const Pipeline& pipeline =
        tiled ? device.pipeline(*shaders.matmul, {{256, kind}})
              : device.pipeline(*shaders.matvec,
                                {{matvec.invocations, kind, matvec.rows, matvec.batch, matvec.oneSubgroup ? 1u : 0u}});
    const std::uint32_t groupRows = tiled ? kTile : matvec.rows;
    const std::uint32_t groupBatch = tiled ? kTile : matvec.batch;

    for (const WeightWindow& window : weights.windows) {
        const MatmulParams params{.firstRow = window.firstRow,
                                  .rowCount = window.rowCount,
                                  .rowVectors = weights.format->packedRowBytes(weights.columns) / 16,
                                  .chunks = chunks,
                                  .columns = weights.columns,
                                  .outWidth = weights.rows,
                                  .batch = args.rows,
                                  .hasBias = args.bias ? 1u : 0u,
                                  .hasResidual = args.residual ? 1u : 0u,
                                  .scale = args.scale};
        commands.dispatch(pipeline,
                          {read(window.buffer), read(args.in), write(args.out), read(args.bias.value_or(args.in)),
                           read(args.residual.value_or(args.in))},
                          params, linearGroups(divideUp(window.rowCount, groupRows) * divideUp(args.rows, groupBatch)));
    }
}

}  // namespace lares::vulkan

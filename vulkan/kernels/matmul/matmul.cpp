// See matmul.h.
#include "vulkan/kernels/matmul/matmul.h"

#include "vulkan/format_shaders.h"
#include "vulkan/kernels/common/grid.h"
#include "vulkan/kernels/matmul/matmul_params.h"
#include "vulkan/kernels/matmul/matmul_shape.h"

#include <cassert>

namespace lares::vulkan {

namespace {

MatmulKernel chooseKernel(const DeviceInfo& device, const MatmulArgs& args) {
    if (args.kernel != MatmulKernel::automatic) return args.kernel;
    if (args.rows <= kMatvecRows || device.type == DeviceType::software) return MatmulKernel::matvec;
    return !args.exact && hasCooperativeTile(device) ? MatmulKernel::cooperative : MatmulKernel::tiled;
}

/// A pipeline, and what one workgroup of it computes.
struct Chosen {
    const Pipeline& pipeline;
    std::uint32_t rows;   ///< of weights
    std::uint32_t batch;  ///< rows of activations
};

Chosen choose(Device& device, const WeightMatrix& weights, std::uint32_t chunks, const MatmulArgs& args) {
    const FormatShaders& shaders = kFormatShaders[weights.format->index];
    const std::uint32_t kind = widthKind(weights.columns);
    switch (chooseKernel(device.info(), args)) {
        case MatmulKernel::cooperative: {
            const CooperativeTile tile =
                args.cooperativeTile.value_or(cooperativeTile(device.info(), weights.rows, args.rows));
            return {cooperativePipeline(device, *shaders.matmulCoop, *weights.format, kind, tile), tile.rows,
                    tile.batch};
        }
        case MatmulKernel::tiled:
            return {device.pipeline(*shaders.matmul, {{256, kind}}), kMatmulTile, kMatmulTile};
        case MatmulKernel::matvec:
        case MatmulKernel::automatic:
            break;
    }
    const MatvecShape shape = matvecShape(device.info(), chunks, args.rows);
    return {device.pipeline(*shaders.matvec,
                            {{shape.invocations, kind, shape.rows, shape.batch, shape.oneSubgroup ? 1u : 0u}}),
            shape.rows, shape.batch};
}

}  // namespace

void recordMatmul(CommandList& commands, Device& device, const WeightMatrix& weights, const MatmulArgs& args) {
    const std::uint64_t outBytes = std::uint64_t{args.rows} * weights.rows * 4;
    assert(args.rows > 0 && args.in.size >= std::uint64_t{args.rows} * weights.columns * 4);
    assert(args.out.size >= outBytes);
    assert(!args.bias || args.bias->size >= std::uint64_t{weights.rows} * 4);
    assert(!args.residual || args.residual->size >= outBytes);

    const std::uint32_t chunks = divideUp(weights.columns, kChunkElements);
    const Chosen chosen = choose(device, weights, chunks, args);
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
        commands.dispatch(chosen.pipeline,
                          {read(window.buffer), read(args.in), write(args.out), read(args.bias.value_or(args.in)),
                           read(args.residual.value_or(args.in))},
                          params,
                          linearGroups(divideUp(window.rowCount, chosen.rows) * divideUp(args.rows, chosen.batch)));
    }
}

}  // namespace lares::vulkan

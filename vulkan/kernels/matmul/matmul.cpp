// See matmul.h.
#include "vulkan/kernels/matmul/matmul.h"

#include "vulkan/format_shaders.h"
#include "vulkan/kernels/common/grid.h"
#include "vulkan/kernels/matmul/matmul_params.h"
#include "vulkan/kernels/matmul/matmul_shape.h"

#include <cassert>

namespace lares::vulkan {

namespace {

/// A pipeline, and what one workgroup of it computes.
struct Chosen {
    const Pipeline& pipeline;
    std::uint32_t rows;   ///< of weights
    std::uint32_t batch;  ///< rows of activations
};

/// The tile of the cooperative shader, if it is that one.
std::optional<CooperativeTile> chooseTile(const DeviceInfo& device, const WeightMatrix& weights,
                                          const MatmulArgs& args) {
    const bool automatic = args.kernel == MatmulKernel::automatic && !args.exact && args.rows > kMatvecRows &&
                           device.type != DeviceType::software;
    if (!automatic && args.kernel != MatmulKernel::cooperative) return {};
    const auto tile = args.cooperativeTile ? args.cooperativeTile : cooperativeTile(device, weights.rows, args.rows);
    if (!tile && !automatic) throw Error(ErrorKind::unsupported, device.name + " has no cooperative matrices of use.");
    return tile;
}

Chosen choose(Device& device, const WeightMatrix& weights, std::uint32_t chunks, const MatmulArgs& args) {
    const FormatShaders& shaders = kFormatShaders[weights.format->index];
    const std::uint32_t kind = widthKind(weights.columns);
    if (const auto tile = chooseTile(device.info(), weights, args)) {
        return {cooperativePipeline(device, *shaders.matmulCoop, *weights.format, kind, *tile), tile->rows,
                tile->batch};
    }
    const bool automaticTiles = args.rows > kMatvecRows && device.info().type != DeviceType::software;
    const bool tiled = args.kernel == MatmulKernel::automatic ? automaticTiles : args.kernel == MatmulKernel::tiled;
    if (tiled) return {device.pipeline(*shaders.matmul, {{256, kind}}), kMatmulTile, kMatmulTile};
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

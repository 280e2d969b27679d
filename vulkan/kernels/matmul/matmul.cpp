// See matmul.h.
#include "vulkan/kernels/matmul/matmul.h"

#include "vulkan/format_shaders.h"
#include "vulkan/kernels/common/grid.h"
#include "vulkan/kernels/matmul/matmul_params.h"
#include "vulkan/kernels/matmul/matmul_shape.h"

#include <cassert>

namespace lares::vulkan {

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
    const std::uint32_t groupRows = tiled ? kMatmulTile : matvec.rows;
    const std::uint32_t groupBatch = tiled ? kMatmulTile : matvec.batch;

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

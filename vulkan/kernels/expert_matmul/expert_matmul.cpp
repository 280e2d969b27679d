// See expert_matmul.h.
#include "vulkan/kernels/expert_matmul/expert_matmul.h"

#include "vulkan/format_shaders.h"
#include "vulkan/kernels/common/grid.h"
#include "vulkan/kernels/expert_matmul/expert_matmul_params.h"
#include "vulkan/kernels/matmul/matmul_shape.h"

#include <cassert>

namespace lares::vulkan {

namespace {

/// A pipeline, and how many rows of weights one workgroup of it takes.
struct Chosen {
    const Pipeline& pipeline;
    std::uint32_t rows;
};

Chosen choose(Device& device, const WeightMatrix& weights, std::uint32_t chunks, const ExpertMatmulArgs& args) {
    const FormatShaders& shaders = kFormatShaders[weights.format->index];
    const ExpertTiles& tiles = args.tiles;
    const std::uint32_t kind = widthKind(weights.columns);
    if (!tiles.sharedMemory) {
        const MatvecShape shape = matvecShape(device.info(), chunks, tiles.size);
        return {device.pipeline(*shaders.expertMatvec,
                                {{shape.invocations, kind, shape.rows, shape.batch, shape.oneSubgroup ? 1u : 0u}}),
                shape.rows};
    }
    std::optional<CooperativeTile> tile = args.cooperativeTile;
    if (!args.exact && !tile) {
        tile = cooperativeTile(device.info(), weights.rows / tiles.experts, tiles.most() * tiles.size, tiles.size);
    }
    if (!tile) return {device.pipeline(*shaders.expertMatmul, {{256, kind}}), kMatmulTile};
    assert(tile->batch == tiles.size);
    return {cooperativePipeline(device, *shaders.expertMatmulCoop, *weights.format, kind, *tile), tile->rows};
}

}  // namespace

void recordExpertMatmul(CommandList& commands, Device& device, const WeightMatrix& weights,
                        const ExpertMatmulArgs& args) {
    const ExpertTiles& tiles = args.tiles;
    const std::uint32_t outWidth = weights.rows / tiles.experts;
    const std::uint32_t sourceRows = args.ownRow ? tiles.pairs() : tiles.rows;
    assert(weights.rows == outWidth * tiles.experts);
    assert(args.in.size >= std::uint64_t{sourceRows} * weights.columns * 4);
    assert(args.out.size >= std::uint64_t{tiles.pairs()} * outWidth * 4);
    assert(args.order.size >= std::uint64_t{tiles.pairs()} * 16);
    assert(!args.bias || args.bias->size >= std::uint64_t{weights.rows} * 4);

    const std::uint32_t chunks = divideUp(weights.columns, kChunkElements);
    const Chosen chosen = choose(device, weights, chunks, args);
    for (const WeightWindow& window : weights.windows) {
        const ExpertMatmulParams params{.firstRow = window.firstRow,
                                        .rowCount = window.rowCount,
                                        .rowVectors = weights.format->packedRowBytes(weights.columns) / 16,
                                        .chunks = chunks,
                                        .columns = weights.columns,
                                        .outWidth = outWidth,
                                        .pairs = tiles.pairs(),
                                        .pairsPerRow = tiles.pairs() / sourceRows,
                                        .hasBias = args.bias ? 1u : 0u};
        commands.dispatch(
            chosen.pipeline,
            {read(window.buffer), read(args.in), write(args.out), read(args.order), read(args.bias.value_or(args.in))},
            params, linearGroups(divideUp(outWidth, chosen.rows) * tiles.most()));
    }
}

}  // namespace lares::vulkan

// See route.h.
#include "vulkan/kernels/route/route.h"

#include "vulkan/kernels/common/grid.h"
#include "vulkan/kernels/matmul/matmul.h"
#include "vulkan/kernels/route/route_params.h"
#include "vulkan/shaders.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace lares::vulkan {

std::uint32_t ExpertTiles::most() const {
    // Whole tiles, and for each expert that is used one that is not full.
    return std::min(pairs(), pairs() / size + std::min(experts, pairs()));
}

ExpertTiles expertTiles(const DeviceInfo& device, std::uint32_t rows, std::uint32_t used, std::uint32_t experts,
                        ExpertKernel kernel) {
    assert(rows > 0 && used > 0 && used <= experts && experts <= kMaxExperts);
    ExpertTiles tiles{rows, used, experts, 1, kernel == ExpertKernel::tiled};
    const std::uint32_t average = divideUp(tiles.pairs(), experts);
    if (kernel == ExpertKernel::automatic) {
        // Below half a tile the matrix-vector shader's repeated reading costs less than the empty half.
        tiles.sharedMemory = device.type != DeviceType::software && average >= kMatmulTile / 4;
    }
    // Experts of one token differ, so a tile of several pairs would stay empty but for one.
    if (rows > 1) tiles.size = tiles.sharedMemory ? kMatmulTile : std::min(std::bit_ceil(average), kMatvecRows);
    return tiles;
}

void recordRoute(CommandList& commands, Device& device, const RouteArgs& args) {
    const ExpertTiles& tiles = args.tiles;
    const std::uint64_t bytes = std::uint64_t{tiles.pairs()} * 4;
    assert(args.scores.size >= std::uint64_t{tiles.rows} * tiles.experts * 4);
    assert(args.chosen.size >= bytes && args.weights.size >= bytes && args.order.size >= 4 * bytes);
    const RouteParams params{tiles.rows, tiles.experts, tiles.used,  args.renormalise ? 1u : 0u,
                             args.scale, tiles.size,    tiles.most()};
    const std::uint32_t size = workgroupSize(device.info(), std::min(tiles.experts, 64u));
    commands.dispatch(device.pipeline(shaders::route, {{size, static_cast<std::uint32_t>(args.gating)}}),
                      {read(args.scores), write(args.chosen), write(args.weights), write(args.order)}, params,
                      linearGroups(tiles.rows));
    if (tiles.rows == 1) return;  // route.comp has written the order, too
    commands.dispatch(device.pipeline(shaders::group_pairs, {{workgroupSize(device.info(), 256)}}),
                      {read(args.chosen), write(args.order)}, params, {1, 1, 1});
}

}  // namespace lares::vulkan

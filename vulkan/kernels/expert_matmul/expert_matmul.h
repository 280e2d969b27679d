// Matrix products of a mixture of experts: out[pair, r] = sum over k of weights[expert of the pair, r, k] * in[its row,
// k] + bias[expert, r], accumulated in f32. Only the matrices of experts that were chosen are read, each once for a
// tile of pairs. The shaders are those of matmul.h; what differs is which rows they multiply.
#pragma once

#include "vulkan/kernels/matmul/matmul.h"
#include "vulkan/kernels/route/route.h"
#include "vulkan/kernels/weight_matrix.h"

#include <optional>

namespace lares::vulkan {

struct ExpertMatmulArgs {
    BufferView in;      ///< f32 [sourceRows, weights.columns]
    BufferView order;   ///< as recordRoute wrote it for the same tiles
    BufferView out;     ///< f32 [pairs, rows of one expert]; not `in`
    ExpertTiles tiles;  ///< of recordRoute
    bool ownRow =
        false;  ///< each pair has a row of `in` (sourceRows is pairs), and not each token (sourceRows is rows)
    std::optional<BufferView> bias{};                  ///< f32 [experts, rows of one expert]
    bool exact = true;                                 ///< as in MatmulArgs; matters for tiles in shared memory only
    std::optional<CooperativeTile> cooperativeTile{};  ///< for tests; `batch` is the most pairs in a tile
};

/// `weights` holds the matrices of all experts, one under the other.
void recordExpertMatmul(CommandList& commands, Device& device, const WeightMatrix& weights,
                        const ExpertMatmulArgs& args);

}  // namespace lares::vulkan

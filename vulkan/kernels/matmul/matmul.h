// Matrix product with a weight matrix of any format: out[t, r] = scale * (sum over k of weights[r, k] * in[t, k] +
// bias[r]) + residual[t, r], accumulated in f32. Up to kMatvecRows rows of `in` run the matrix-vector shader, which
// reads the weights once for all of them; more rows run a tiled shader that unpacks weights into shared memory, or, on
// software devices, where shared memory is no faster than any other, the matrix-vector shader over eight rows at a
// time.
#pragma once

#include "vulkan/kernels/weight_matrix.h"

#include <optional>

namespace lares::vulkan {

class CommandList;

inline constexpr std::uint32_t kMatvecRows = 8;
inline constexpr std::uint32_t kMatmulTile = 64;  ///< of the tiled shader, both ways

/// Which shader. `automatic` is what is described above; the others are for tests and benchmarks.
enum class MatmulKernel { automatic, matvec, tiled };

struct MatmulArgs {
    BufferView in;                       ///< f32 [rows, weights.columns]
    BufferView out;                      ///< f32 [rows, weights.rows]; not `in`
    std::optional<BufferView> bias;      ///< f32 [weights.rows]
    std::optional<BufferView> residual;  ///< f32 [rows, weights.rows]; may be `out` itself
    std::uint32_t rows = 0;              ///< rows of `in`: tokens
    float scale = 1.0f;
    MatmulKernel kernel = MatmulKernel::automatic;
};

void recordMatmul(CommandList& commands, Device& device, const WeightMatrix& weights, const MatmulArgs& args);

}  // namespace lares::vulkan

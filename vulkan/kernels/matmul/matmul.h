// Matrix product with a weight matrix of any format: out[t, r] = scale * (sum over k of weights[r, k] * in[t, k] +
// bias[r]) + residual[t, r], accumulated in f32. Up to kMatvecRows rows of `in` run the matrix-vector shader, which
// reads the weights once for all of them; more rows run a tiled shader that unpacks weights into shared memory, or, on
// software devices, where shared memory is no faster than any other, the matrix-vector shader over eight rows at a
// time. Where the device has cooperative matrices, and the result need not be exact, the tiled shader multiplies with
// those: weights and activations are rounded to f16 (activations beyond its range to the largest f16).
#pragma once

#include "vulkan/kernels/weight_matrix.h"

#include <optional>

namespace lares::vulkan {

class CommandList;

inline constexpr std::uint32_t kMatvecRows = 8;
inline constexpr std::uint32_t kMatmulTile = 64;  ///< of the tiled shader, both ways

/// Which shader. `automatic` is what is described above; the others are for tests and benchmarks.
enum class MatmulKernel { automatic, matvec, tiled, cooperative };

/// How the cooperative shader cuts its work. Subgroups and memory must fit the device: matmul_shape.h.
struct CooperativeTile {
    std::uint32_t rows;       ///< of weights, in a workgroup
    std::uint32_t batch;      ///< rows of activations, in a workgroup
    std::uint32_t partRows;   ///< of a subgroup
    std::uint32_t partBatch;  ///< of a subgroup
    std::uint32_t stepWords;  ///< 1, 2 or 4 times 32 columns go into shared memory at a time,
    std::uint32_t stages;     ///< and 2: the next ones while these are multiplied. Or 1
};

struct MatmulArgs {
    BufferView in;                       ///< f32 [rows, weights.columns]
    BufferView out;                      ///< f32 [rows, weights.rows]; not `in`
    std::optional<BufferView> bias;      ///< f32 [weights.rows]
    std::optional<BufferView> residual;  ///< f32 [rows, weights.rows]; may be `out` itself
    std::uint32_t rows = 0;              ///< rows of `in`: tokens
    float scale = 1.0f;
    bool exact = true;  ///< no arithmetic with less than f32
    MatmulKernel kernel = MatmulKernel::automatic;
    std::optional<CooperativeTile> cooperativeTile{};  ///< for benchmarks; none: chosen by size
};

/// Throws Error unsupported when the cooperative kernel is asked for on a device without.
void recordMatmul(CommandList& commands, Device& device, const WeightMatrix& weights, const MatmulArgs& args);

}  // namespace lares::vulkan

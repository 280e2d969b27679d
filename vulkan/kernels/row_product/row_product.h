// Matrix products for a few tokens at a time, with what stands before and behind them in a transformer's layer done in
// the same dispatch: on fast devices most of a token's time is lost between dispatches.
//
// Before: RMS or layer norm of the activations. They are then rounded in blocks of 32 that share a scale, to bytes
// where the weights are bytes times scales (whole-number dot products), to halves else: so nothing here is exact; the
// exact way is matmul.h and the kernels around it. Behind: bias, scale, activation and residual; or the gate of a
// feed-forward block; or, for queries, keys and values, the turning by position and the way into the cache.
// Source of the dot products: Q8 activations as in ggml's vec_dot; of the folded norm: ARCHITECTURE.md, section 6.
#pragma once

#include "vulkan/kernels/activation_type.h"
#include "vulkan/kernels/rope/rope.h"
#include "vulkan/kernels/weight_matrix.h"

#include <optional>
#include <span>

namespace lares::vulkan {

class CommandList;
class Device;
struct DeviceInfo;

inline constexpr std::uint32_t kMaxProductRows = 8;

struct RowNorm {
    BufferView weight;               ///< f32 [columns]
    std::optional<BufferView> bias;  ///< f32 [columns]
    bool centred = false;            ///< layer norm: the mean is taken off first
    float epsilon = 0;
};

/// What is multiplied.
struct RowInput {
    BufferView in;                ///< f32 [rows, columns of the weights]
    std::uint32_t rows = 0;       ///< 1 to kMaxProductRows: tokens
    std::optional<RowNorm> norm;  ///< only where the columns are a multiple of 4
};

/// Whether a device can multiply rows of so many weights in this way; of the experts' activations `rows` at once.
bool canMultiplyRows(const DeviceInfo& device, const Format& format, std::uint32_t columns, std::uint32_t rows = 1);

struct RowProductArgs {
    RowInput input;
    BufferView out;                            ///< f32 [rows, weights.rows]
    std::optional<BufferView> bias;            ///< f32 [weights.rows]
    std::optional<BufferView> residual;        ///< f32 as `out`, and may be it
    float scale = 1.0f;                        ///< of product and bias
    std::optional<ActivationType> activation;  ///< of that, before the residual is added
};

/// out = activation(scale * (weights * norm(in) + bias)) + residual.
void recordRowProduct(CommandList& commands, Device& device, const WeightMatrix& weights, const RowProductArgs& args);

struct GatedProductArgs {
    RowInput input;
    BufferView out;  ///< f32 [rows, half the rows of the weights]
    std::optional<BufferView> gateBias{}, upBias{};
    ActivationType activation = ActivationType::silu;
};

/// out = activation(gate * norm(in) + its bias) * (up * norm(in) + its bias); `weights` are the gate's rows and below
/// them as many of `up`.
void recordGatedProduct(CommandList& commands, Device& device, const WeightMatrix& weights,
                        const GatedProductArgs& args);

struct QkvProductArgs {
    RowInput input;
    BufferView query;                 ///< f32 [rows, queryRows]
    BufferView keyCache, valueCache;  ///< f16 [capacity, keyRows]
    BufferView step;                  ///< StepParams: row t is at position + t; rows past tokenCount are left out
    std::optional<BufferView> queryBias{}, keyBias{}, valueBias{};
    std::uint32_t queryRows = 0;        ///< headCount * headSize
    std::uint32_t keyRows = 0;          ///< headCountKv * headSize
    std::uint32_t headSize = 0;         ///< even
    std::uint32_t capacity = 0;         ///< positions
    bool ring = false;                  ///< position p goes to p modulo the capacity
    std::optional<BufferView> turns{};  ///< of ropeTurns(); none: nothing turns
    std::uint32_t rotated = 0;
    RopePairing pairing = RopePairing::adjacent;
    float magnitude = 1.0f;
};

/// The matrices of queries, keys and values one under the other; as many `parts` as do not lie together, in order.
void recordQkvProduct(CommandList& commands, Device& device, std::span<const WeightMatrix> parts,
                      const QkvProductArgs& args);

/// The experts of one token, as recordRoute chose them for one row.
struct TokenExperts {
    BufferView chosen;  ///< f32 [used]
    std::uint32_t used = 0;
    std::uint32_t count = 0;  ///< of all experts
};

struct ExpertGateArgs {
    RowInput input;  ///< one row
    TokenExperts experts;
    BufferView out;                                  ///< f32 [used, rows of one expert's gate]
    std::optional<BufferView> gateBias{}, upBias{};  ///< f32 [count, rows of one]
    ActivationType activation = ActivationType::silu;
};

/// For each chosen expert what recordGatedProduct makes; `weights` are the gates of all experts and below them as many
/// of `up`, in one window.
void recordExpertGateProduct(CommandList& commands, Device& device, const WeightMatrix& weights,
                             const ExpertGateArgs& args);

struct ExpertSumArgs {
    BufferView in;  ///< f32 [used, columns of the weights]
    TokenExperts experts;
    BufferView shares;    ///< f32 [used]
    BufferView residual;  ///< f32 [rows of one expert]; may be `out`
    BufferView out;
    std::optional<BufferView> bias{};  ///< f32 [count, rows of one]
};

/// out = residual + sum over the chosen experts i of shares[i] * (weights of i * in[i] + bias of i).
void recordExpertSumProduct(CommandList& commands, Device& device, const WeightMatrix& weights,
                            const ExpertSumArgs& args);

}  // namespace lares::vulkan

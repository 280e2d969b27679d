// The steps a model is made of, as plain data: a flat list of small structs over values and weights. An architecture
// writes the list once for a number of tokens; whoever computes reads it in order: the Vulkan recorder, the double
// precision reference, later a CPU backend. It is not a graph: the order is the order of computation, and there is no
// optimiser. Nothing in here knows of a device, a file or a tokenizer.
//
// Every value is a row-major f32 matrix [rows, width]: one row per token of the batch, or per row gathered from it.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

namespace lares::inference {

using ValueId = std::uint32_t;   ///< index into Program::values
using WeightId = std::uint32_t;  ///< index into the model's list of weights
inline constexpr WeightId kNoWeight = ~WeightId{0};
inline constexpr ValueId kNoValue = ~ValueId{0};

/// out[t] = row tokens[t] of `table` [vocabulary, width], times `scale`.
struct Embed {
    WeightId table;
    ValueId out;
    float scale = 1.0f;
};

/// Learned positions: adds row position + t of `table` [positions, width] to values[t], in place.
struct AddPositions {
    ValueId values;
    WeightId table;
};

/// Adds the vector `row` to every row of `values`, in place.
struct AddRow {
    ValueId values;
    WeightId row;
};

/// out[t] = in[t] / sqrt(mean(in[t]^2) + epsilon) * weight, for each of the equal segments of a row (its heads) by
/// itself; they share the weight.
struct RmsNorm {
    ValueId in;
    WeightId weight;
    ValueId out;
    float epsilon;
    std::uint32_t segments = 1;
};

/// out[t] = (in[t] - mean) / sqrt(variance + epsilon) * weight + bias, for each of the equal segments of a row by
/// itself. Weight and bias are as long as a segment, and shared, or as long as a row.
struct LayerNorm {
    ValueId in;
    WeightId weight;
    WeightId bias;  ///< or kNoWeight
    ValueId out;
    float epsilon;
    std::uint32_t segments = 1;
    bool ownWeights = false;  ///< each segment has its own
};

/// out[t, r] = scale * (sum over k of weight[r, k] * in[t, k] + bias[r]) + residual[t, r].
struct Matmul {
    WeightId weight;
    WeightId bias;  ///< or kNoWeight
    ValueId in;
    ValueId residual;  ///< or kNoValue
    ValueId out;
    float scale = 1.0f;
};

/// Which two numbers of a head turn together: (2i, 2i+1), or (i, i + rotated/2).
enum class RopePairs { adjacent, halves };

/// How positions turn. Pair i of the first `rotated` numbers turns by position * base^(-2i/rotated) / factors[i], times
/// `scale`. YaRN scales only the pairs from `scaledFrom` on, and less and less of those below, down to `unscaledUntil`.
struct RopeShape {
    RopePairs pairs = RopePairs::adjacent;
    std::uint32_t rotated = 0;
    float base = 10000.0f;
    float scale = 1.0f;
    float unscaledUntil = -1.0f;
    float scaledFrom = 0.0f;
    float magnitude = 1.0f;            ///< multiplies cosine and sine
    WeightId factors = kNoWeight;      ///< [rotated / 2] f32
    WeightId longFactors = kNoWeight;  ///< in place of `factors` where the cache holds more than originalContext
    std::uint32_t originalContext = 0;

    /// For a cache of that many positions.
    WeightId factorsFor(std::uint32_t contextLength) const {
        return longFactors != kNoWeight && contextLength > originalContext ? longFactors : factors;
    }

    bool operator==(const RopeShape&) const = default;
};

/// Turns every head of `heads` in place: [rows, headCount * headSize].
struct Rope {
    ValueId heads;
    std::uint32_t headCount;
    std::uint32_t headSize;
    RopeShape shape;
};

/// Appends the batch's keys and values [rows, kvHeads * headSize] to the cache of `layer` at the batch's position. With
/// a window the cache holds no more of the latest positions than Attention with that window needs.
struct StoreKv {
    std::uint32_t layer;
    ValueId keys;
    ValueId values;
    std::uint32_t window = 0;
};

/// Attention of each query head over the cache of `layer`, the batch's own rows included; StoreKv comes before. When it
/// is causal a row sees no position behind its own, else all of the batch. With a window a row sees the latest `window`
/// positions, its own included. With a soft cap scores are softCap * tanh(scale * query * key / softCap). Slopes lower
/// each score by slope of the head * distance of the positions (ALiBi). A sink is one more score of the head in every
/// row's softmax, with no value behind it, so that weights may add up to less than 1.
struct Attention {
    std::uint32_t layer;
    ValueId query;  ///< [rows, headCount * headSize]
    ValueId out;    ///< same shape
    std::uint32_t headCount;
    std::uint32_t headCountKv;
    std::uint32_t headSize;
    float scale;
    std::uint32_t window = 0;     ///< 0: all
    float softCap = 0.0f;         ///< 0: none
    bool causal = true;           ///< else there is no window
    WeightId sinks = kNoWeight;   ///< [headCount]
    WeightId slopes = kNoWeight;  ///< [headCount]
};

/// clampedSilu (gpt-oss): y / (1 + exp(-1.702 y)) of y = min(x, 7); where it is a gate, `up` counts as
/// clamp(up, -7, 7) + 1.
enum class Activation { silu, geluTanh, clampedSilu };

/// out = activation(gate) * up, number by number.
struct Gated {
    Activation activation;
    ValueId gate;
    ValueId up;
    ValueId out;
};

/// out = activation(in), number by number.
struct Activate {
    Activation activation;
    ValueId in;
    ValueId out;
};

/// out = cap * tanh(in / cap), number by number.
struct SoftCap {
    ValueId in;
    ValueId out;
    float cap;
};

/// What a chosen expert's result counts: its share of the softmax over the scores of all experts, or the sigmoid of its
/// own score, or (sparseMixer: Liu et al., "GRIN: GRadient-INformed MoE", 2024) its share of the softmax over those
/// scores that were left when it was chosen and are close to its own, s: within 0.02 * max(|score|, s).
enum class Gating { softmax, sigmoid, sparseMixer };

/// Chooses for each row the width(experts) experts of highest score. Where `renormalise`, the weights of a row are
/// divided by their sum; in any case they are multiplied by `scale`.
struct Route {
    ValueId scores;   ///< [rows, all experts]
    ValueId experts;  ///< [rows, chosen]: their numbers, falling by score
    ValueId weights;  ///< [rows, chosen]
    ValueId order;    ///< [rows, 4 * chosen]: how a device puts the pairs of row and expert together; bits, no numbers
    Gating gating;
    bool renormalise;
    float scale;
};

/// For each pair of row and chosen expert the product with that expert's matrix, and the expert's bias. `weight` is the
/// matrices of all experts, one under the other; `in` has a row for each pair, or one for each row of `experts`.
struct ExpertMatmul {
    WeightId weight;
    std::uint32_t expertCount;
    ValueId in;
    ValueId experts;  ///< of Route, as is `order`
    ValueId order;
    ValueId out;                ///< [rows * chosen, rows of one expert]
    WeightId bias = kNoWeight;  ///< [expertCount, rows of one expert]
};

/// out[t] = residual[t] + sum over i of weights[t, i] * in[t * chosen + i].
struct CombineExperts {
    ValueId in;       ///< [rows * chosen, width]
    ValueId weights;  ///< [rows, chosen]
    ValueId residual;
    ValueId out;
};

/// out = left + right, number by number.
struct Add {
    ValueId left;
    ValueId right;
    ValueId out;
};

/// out[i] = in[the i-th row whose output was asked for].
struct GatherRows {
    ValueId in;
    ValueId out;
};

using Operation = std::variant<Embed, AddPositions, AddRow, RmsNorm, LayerNorm, Matmul, Rope, StoreKv, Attention, Gated,
                               Activate, SoftCap, Route, ExpertMatmul, CombineExperts, Add, GatherRows>;

/// Shape of a value and the piece of scratch memory it lives in. Values that are never alive together share memory.
struct Value {
    std::uint32_t rows = 0;
    std::uint32_t width = 0;
    std::uint64_t scratchOffset = 0;  ///< in floats, a multiple of kScratchAlignment

    std::uint64_t size() const { return std::uint64_t{rows} * width; }  ///< in floats
};

/// Floats; 256 bytes is the strictest offset alignment a device may ask for.
inline constexpr std::uint64_t kScratchAlignment = 64;

/// What one step computes: `tokenCount` tokens into the cache, and what the model makes of `outputRows` of them:
/// logits, or the rows behind the last layer of a model that makes embeddings.
struct Program {
    std::uint32_t tokenCount = 0;
    std::uint32_t outputRows = 0;
    std::vector<Operation> operations;
    std::vector<Value> values;
    std::uint64_t scratchSize = 0;  ///< floats
    ValueId logits = 0;             ///< [outputRows, HyperParameters::outputWidth()]; meaningless when outputRows is 0
};

}  // namespace lares::inference

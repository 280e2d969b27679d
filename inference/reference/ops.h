// What each operation of a decoder means, in double precision, one number after the other. Written from the formulas
// and not from the shaders, slow on purpose: the truth that kernels and programs are tested against.
//
// Activations are row-major double [rows, width]; weights are f32 as a format's dequantize() gives them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace lares::inference::reference {

/// out[t] = table[tokens[t]] * scale; table f32 [any, width], out [tokens, width].
void embed(std::span<const float> table, std::size_t width, std::span<const std::uint32_t> tokens, double scale,
           std::span<double> out);

/// values[t] += table[firstPosition + t]; table f32 [positions, width], values [rows, width].
void addPositions(std::span<double> values, std::span<const float> table, std::size_t width,
                  std::uint64_t firstPosition);

/// Adds the row of row.size() numbers to every row of `values`.
void addRow(std::span<double> values, std::span<const float> row);

/// out = in / sqrt(mean(in^2) + epsilon) * weight for each row of weight.size() numbers. `out` may be `in`.
void rmsNorm(std::span<const double> in, std::span<const float> weight, double epsilon, std::span<double> out);

/// out = (in - mean) / sqrt(variance + epsilon) * weight + bias for each row of `width` numbers. `weight` and `bias`
/// (may be empty) are one row, or several that take turns. `out` may be `in`.
void layerNorm(std::span<const double> in, std::size_t width, std::span<const float> weight,
               std::span<const float> bias, double epsilon, std::span<double> out);

/// out[t, r] = sum over k of weights[r, k] * in[t, k] + bias[r]; `width` is that of `in`; bias may be empty.
void matmul(std::span<const float> weights, std::size_t width, std::span<const float> bias, std::span<const double> in,
            std::span<double> out);

struct RopeShape {
    std::size_t headCount = 0;
    std::size_t headSize = 0;
    std::size_t rotated = 0;  ///< the first numbers of each head that turn
    bool halves = false;      ///< pairs (i, i + rotated/2) instead of (2i, 2i+1)
    double base = 10000;
    double scale = 1;
    double unscaledUntil = -1;  ///< pairs up to this one turn as if scale were 1,
    double scaledFrom = 0;      ///< those from this one on by scale, those between by a mixture of both (YaRN)
    double magnitude = 1;
    std::span<const float> factors;  ///< empty or [rotated / 2]; frequencies are divided by them
};

/// Turns heads [rows, headCount * headSize] in place; row t is at firstPosition + t.
void rope(std::span<double> heads, const RopeShape& shape, std::uint64_t firstPosition);

struct AttentionShape {
    std::size_t headCount = 0;
    std::size_t headCountKv = 0;
    std::size_t headSize = 0;
    double scale = 1;
    std::size_t window = 0;  ///< positions a row sees, its own included; 0: all
    double softCap = 0;      ///< 0: none
    bool causal = true;
    std::span<const float> sinks{};   ///< empty or [headCount]: a score more in the softmax, without a value
    std::span<const float> slopes{};  ///< empty or [headCount]: scores are lowered by slope * distance (ALiBi)
};

/// query and out [rows, headCount * headSize]; keys and values [positions, headCountKv * headSize], with the batch's
/// own rows at firstPosition and after. Row t sees the positions up to firstPosition + t, the last `window` of them;
/// when it is not causal, all of the batch and what is before it.
void attention(std::span<const double> query, std::span<const double> keys, std::span<const double> values,
               const AttentionShape& shape, std::uint64_t firstPosition, std::span<double> out);

/// x / (1 + exp(-x)).
double silu(double x);

/// x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3))).
double geluTanh(double x);

/// y / (1 + exp(-1.702 y)) of y = min(x, 7).
double clampedSilu(double x);

/// cap * tanh(x / cap).
double softCap(double x, double cap);

/// out = activation(gate) * up. `out` may be `gate` or `up`.
void gated(std::span<const double> gate, std::span<const double> up, double (*activation)(double),
           std::span<double> out);

/// out = clampedSilu(gate) * (clamp(up, -7, 7) + 1). `out` may be `gate` or `up`.
void gatedClamped(std::span<const double> gate, std::span<const double> up, std::span<double> out);

/// Before they are renormalised and scaled weights are: shares of the softmax over all scores; sigmoids of the scores;
/// or each the share of the softmax over those scores s that were left when m, the highest of them, was chosen, and of
/// which m - s <= 0.02 * max(|s|, m).
enum class RouteGating { softmax, sigmoid, sparseMixer };

struct RouteShape {
    std::size_t experts = 0;
    std::size_t used = 0;  ///< of them, by each token
    RouteGating gating = RouteGating::softmax;
    bool renormalise = false;  ///< weights of a token add up to `scale`
    double scale = 1;
};

/// The `used` experts of highest score, highest first, the lower number first among equals, and what their results
/// count. scores [tokens, experts]; chosen and weights [tokens, used].
void route(std::span<const double> scores, const RouteShape& shape, std::span<double> chosen,
           std::span<double> weights);

/// Row i of `out` is the product of the matrix of expert chosen[i] with row i of `in` or, where `in` has fewer rows
/// than `chosen`, with the row of its token, plus the expert's bias. weights [experts, rows, width]; `width` is that of
/// `in`; bias [experts, rows] or empty.
void expertMatmul(std::span<const float> weights, std::size_t experts, std::size_t width, std::span<const float> bias,
                  std::span<const double> in, std::span<const double> chosen, std::span<double> out);

/// out[t] = residual[t] + sum over i of weights[t, i] * in[t, i]. in [tokens, used, width], weights [tokens, used].
void combineExperts(std::span<const double> in, std::span<const double> weights, std::span<const double> residual,
                    std::size_t width, std::span<double> out);

/// out = left + right. `out` may be either.
void add(std::span<const double> left, std::span<const double> right, std::span<double> out);

/// out[i] = in[rows[i]].
void gatherRows(std::span<const double> in, std::size_t width, std::span<const std::uint32_t> rows,
                std::span<double> out);

}  // namespace lares::inference::reference

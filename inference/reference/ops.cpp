// See ops.h.
#include "inference/reference/ops.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <numeric>
#include <vector>

namespace lares::inference::reference {

void embed(std::span<const float> table, std::size_t width, std::span<const std::uint32_t> tokens, double scale,
           std::span<double> out) {
    assert(out.size() == tokens.size() * width);
    for (std::size_t t = 0; t < tokens.size(); ++t) {
        for (std::size_t i = 0; i < width; ++i) {
            out[t * width + i] = static_cast<double>(table[tokens[t] * width + i]) * scale;
        }
    }
}

void addPositions(std::span<double> values, std::span<const float> table, std::size_t width,
                  std::uint64_t firstPosition) {
    assert(firstPosition * width + values.size() <= table.size());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += static_cast<double>(table[firstPosition * width + i]);
}

void addRow(std::span<double> values, std::span<const float> row) {
    assert(values.size() % row.size() == 0);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += static_cast<double>(row[i % row.size()]);
}

void rmsNorm(std::span<const double> in, std::span<const float> weight, double epsilon, std::span<double> out) {
    const std::size_t width = weight.size();
    assert(in.size() == out.size() && in.size() % width == 0);
    for (std::size_t start = 0; start < in.size(); start += width) {
        double squares = 0;
        for (std::size_t i = 0; i < width; ++i) squares += in[start + i] * in[start + i];
        const double norm = std::sqrt(squares / static_cast<double>(width) + epsilon);
        for (std::size_t i = 0; i < width; ++i) out[start + i] = in[start + i] / norm * static_cast<double>(weight[i]);
    }
}

void layerNorm(std::span<const double> in, std::size_t width, std::span<const float> weight,
               std::span<const float> bias, double epsilon, std::span<double> out) {
    assert(in.size() == out.size() && in.size() % width == 0 && weight.size() % width == 0);
    assert(bias.empty() || bias.size() == weight.size());
    for (std::size_t start = 0; start < in.size(); start += width) {
        double sum = 0, squares = 0;
        for (std::size_t i = 0; i < width; ++i) sum += in[start + i];
        const double mean = sum / static_cast<double>(width);
        for (std::size_t i = 0; i < width; ++i) squares += (in[start + i] - mean) * (in[start + i] - mean);
        const double deviation = std::sqrt(squares / static_cast<double>(width) + epsilon);
        for (std::size_t i = 0; i < width; ++i) {
            const std::size_t own = (start + i) % weight.size();
            const double shift = bias.empty() ? 0.0 : static_cast<double>(bias[own]);
            out[start + i] = (in[start + i] - mean) / deviation * static_cast<double>(weight[own]) + shift;
        }
    }
}

void matmul(std::span<const float> weights, std::size_t width, std::span<const float> bias, std::span<const double> in,
            std::span<double> out) {
    const std::size_t outWidth = weights.size() / width;
    const std::size_t rows = in.size() / width;
    assert(out.size() == rows * outWidth && (bias.empty() || bias.size() == outWidth));
    for (std::size_t t = 0; t < rows; ++t) {
        for (std::size_t r = 0; r < outWidth; ++r) {
            double sum = bias.empty() ? 0.0 : static_cast<double>(bias[r]);
            for (std::size_t k = 0; k < width; ++k)
                sum += static_cast<double>(weights[r * width + k]) * in[t * width + k];
            out[t * outWidth + r] = sum;
        }
    }
}

void rope(std::span<double> heads, const RopeShape& shape, std::uint64_t firstPosition) {
    const std::size_t width = shape.headCount * shape.headSize;
    const std::size_t pairs = shape.rotated / 2;
    for (std::size_t row = 0; row < heads.size() / width; ++row) {
        for (std::size_t i = 0; i < pairs; ++i) {
            double frequency = std::pow(shape.base, -2.0 * static_cast<double>(i) / static_cast<double>(shape.rotated));
            const double steps = std::max(0.001, shape.scaledFrom - shape.unscaledUntil);
            const double kept = 1 - std::clamp((static_cast<double>(i) - shape.unscaledUntil) / steps, 0.0, 1.0);
            frequency = frequency * shape.scale * (1 - kept) + frequency * kept;
            if (!shape.factors.empty()) frequency /= static_cast<double>(shape.factors[i]);
            const double angle = static_cast<double>(firstPosition + row) * frequency;
            const double cosine = std::cos(angle) * shape.magnitude;
            const double sine = std::sin(angle) * shape.magnitude;
            for (std::size_t head = 0; head < shape.headCount; ++head) {
                const std::size_t start = row * width + head * shape.headSize;
                double& a = heads[start + (shape.halves ? i : 2 * i)];
                double& b = heads[start + (shape.halves ? i + pairs : 2 * i + 1)];
                const double turned = a * cosine - b * sine;
                b = a * sine + b * cosine;
                a = turned;
            }
        }
    }
}

void attention(std::span<const double> query, std::span<const double> keys, std::span<const double> values,
               const AttentionShape& shape, std::uint64_t firstPosition, std::span<double> out) {
    const std::size_t width = shape.headCount * shape.headSize;
    const std::size_t kvWidth = shape.headCountKv * shape.headSize;
    std::vector<double> scores;
    const std::size_t rows = query.size() / width;
    for (std::size_t row = 0; row < rows; ++row) {
        const std::size_t seen = firstPosition + (shape.causal ? row + 1 : rows);
        const std::size_t first = shape.window != 0 && seen > shape.window ? seen - shape.window : 0;
        assert(keys.size() >= seen * kvWidth && values.size() >= seen * kvWidth);
        for (std::size_t head = 0; head < shape.headCount; ++head) {
            const std::size_t start = row * width + head * shape.headSize;
            const std::size_t kvStart = head / (shape.headCount / shape.headCountKv) * shape.headSize;
            scores.assign(seen, 0.0);
            for (std::size_t p = first; p < seen; ++p) {
                for (std::size_t i = 0; i < shape.headSize; ++i) {
                    scores[p] += query[start + i] * keys[p * kvWidth + kvStart + i];
                }
                scores[p] *= shape.scale;
                if (shape.softCap > 0) scores[p] = softCap(scores[p], shape.softCap);
                if (!shape.slopes.empty()) {
                    const double distance = std::abs(static_cast<double>(p) - static_cast<double>(firstPosition + row));
                    scores[p] -= static_cast<double>(shape.slopes[head]) * distance;
                }
            }
            double highest = *std::max_element(scores.begin() + static_cast<std::ptrdiff_t>(first), scores.end());
            double total = 0;
            if (!shape.sinks.empty()) {
                const auto sink = static_cast<double>(shape.sinks[head]);
                highest = std::max(highest, sink);
                total = std::exp(sink - highest);
            }
            for (std::size_t p = first; p < seen; ++p) total += scores[p] = std::exp(scores[p] - highest);
            for (std::size_t i = 0; i < shape.headSize; ++i) {
                double sum = 0;
                for (std::size_t p = first; p < seen; ++p) sum += scores[p] * values[p * kvWidth + kvStart + i];
                out[start + i] = sum / total;
            }
        }
    }
}

double silu(double x) {
    return x / (1 + std::exp(-x));
}

double geluTanh(double x) {
    return x / 2 * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
}

double clampedSilu(double x) {
    const double y = std::min(x, 7.0);
    return y / (1 + std::exp(-1.702 * y));
}

double softCap(double x, double cap) {
    return cap * std::tanh(x / cap);
}

void gated(std::span<const double> gate, std::span<const double> up, double (*activation)(double),
           std::span<double> out) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = activation(gate[i]) * up[i];
}

void gatedClamped(std::span<const double> gate, std::span<const double> up, std::span<double> out) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = clampedSilu(gate[i]) * (std::clamp(up[i], -7.0, 7.0) + 1);
}

void route(std::span<const double> scores, const RouteShape& shape, std::span<double> chosen,
           std::span<double> weights) {
    for (std::size_t t = 0; t < scores.size() / shape.experts; ++t) {
        const auto own = scores.subspan(t * shape.experts, shape.experts);
        std::vector<std::size_t> order(shape.experts);
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::ranges::stable_sort(order, std::greater(), [&](std::size_t expert) { return own[expert]; });
        const auto share = [&](std::size_t place, std::size_t firstPlace, double threshold) {
            const double score = own[order[place]];
            double total = 0;
            for (std::size_t i = firstPlace; i < shape.experts; ++i) {
                const double other = own[order[i]];
                // Infinity times nothing is no number, and no bound.
                const bool far = score - other > threshold * std::max(std::abs(other), score);
                if (!far) total += std::exp(other - score);
            }
            return 1 / total;
        };
        double total = 0;
        for (std::size_t i = 0; i < shape.used; ++i) {
            double& weight = weights[t * shape.used + i];
            chosen[t * shape.used + i] = static_cast<double>(order[i]);
            switch (shape.gating) {
                case RouteGating::softmax:
                    weight = share(i, 0, std::numeric_limits<double>::infinity());
                    break;
                case RouteGating::sigmoid:
                    weight = 1 / (1 + std::exp(-own[order[i]]));
                    break;
                case RouteGating::sparseMixer:
                    weight = share(i, i, 0.02);
                    break;
            }
            total += weight;
        }
        for (std::size_t i = 0; i < shape.used; ++i) {
            weights[t * shape.used + i] *= shape.scale / (shape.renormalise ? total : 1);
        }
    }
}

void expertMatmul(std::span<const float> weights, std::size_t experts, std::size_t width, std::span<const float> bias,
                  std::span<const double> in, std::span<const double> chosen, std::span<double> out) {
    const std::size_t outWidth = out.size() / chosen.size();
    const std::size_t pairsPerRow = chosen.size() / (in.size() / width);
    assert(weights.size() == experts * outWidth * width);
    for (std::size_t pair = 0; pair < chosen.size(); ++pair) {
        const auto expert = static_cast<std::size_t>(chosen[pair]);
        matmul(weights.subspan(expert * outWidth * width, outWidth * width), width,
               bias.empty() ? bias : bias.subspan(expert * outWidth, outWidth),
               in.subspan(pair / pairsPerRow * width, width), out.subspan(pair * outWidth, outWidth));
    }
}

void combineExperts(std::span<const double> in, std::span<const double> weights, std::span<const double> residual,
                    std::size_t width, std::span<double> out) {
    const std::size_t used = weights.size() / (out.size() / width);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const std::size_t first = i / width * used;
        double sum = residual[i];
        for (std::size_t pair = first; pair < first + used; ++pair) sum += weights[pair] * in[pair * width + i % width];
        out[i] = sum;
    }
}

void add(std::span<const double> left, std::span<const double> right, std::span<double> out) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = left[i] + right[i];
}

void gatherRows(std::span<const double> in, std::size_t width, std::span<const std::uint32_t> rows,
                std::span<double> out) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto row = in.subspan(rows[i] * width, width);
        std::copy(row.begin(), row.end(), out.begin() + static_cast<std::ptrdiff_t>(i * width));
    }
}

}  // namespace lares::inference::reference

// What is done to one row, or to numbers one by one: norms, activations, rotary positions, rounding to blocks of bytes.
// `count` and `width` are any number unless it is said.
#pragma once

#include "inference/cpu/kernels/simd.h"

namespace lares::inference::cpu::LARES_KERNELS {

/// Calls eight(i) for whole eights, and one(i) for the rest.
template <typename Eight, typename One>
LARES_INLINE void forEach(std::size_t count, Eight&& eight, One&& one) {
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8) eight(i);
    for (; i < count; ++i) one(i);
}

/// out[i] = function(in[i]) with a function of eight; the last ones are filled up with zeros.
template <typename Function>
LARES_INLINE void mapEights(std::size_t count, const float* in, float* out, Function&& function) {
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8) store(function(load(in + i), i), out + i);
    if (i == count) return;
    float rest[8] = {};
    std::memcpy(rest, in + i, (count - i) * sizeof(float));
    store(function(load(rest), i), rest);
    std::memcpy(out + i, rest, (count - i) * sizeof(float));
}

inline void rmsNorm(const float* in, const float* weight, float epsilon, std::uint32_t width, float* out) {
    Floats squares{};
    float rest = 0;
    forEach(
        width, [&](std::size_t i) { squares += load(in + i) * load(in + i); },
        [&](std::size_t i) { rest += in[i] * in[i]; });
    const float factor = 1.0f / __builtin_sqrtf((sum(squares) + rest) / static_cast<float>(width) + epsilon);
    forEach(
        width, [&](std::size_t i) { store(load(in + i) * factor * load(weight + i), out + i); },
        [&](std::size_t i) { out[i] = in[i] * factor * weight[i]; });
}

inline void layerNorm(const float* in, const float* weight, const float* bias, float epsilon, std::uint32_t width,
                      float* out) {
    Floats sums{}, squares{};
    float rest = 0;
    forEach(
        width, [&](std::size_t i) { sums += load(in + i); }, [&](std::size_t i) { rest += in[i]; });
    const float mean = (sum(sums) + rest) / static_cast<float>(width);
    rest = 0;
    forEach(
        width,
        [&](std::size_t i) {
            const Floats difference = load(in + i) - mean;
            squares += difference * difference;
        },
        [&](std::size_t i) { rest += (in[i] - mean) * (in[i] - mean); });
    const float factor = 1.0f / __builtin_sqrtf((sum(squares) + rest) / static_cast<float>(width) + epsilon);
    forEach(
        width,
        [&](std::size_t i) {
            const Floats normed = (load(in + i) - mean) * factor * load(weight + i);
            store(bias ? normed + load(bias + i) : normed, out + i);
        },
        [&](std::size_t i) { out[i] = (in[i] - mean) * factor * weight[i] + (bias ? bias[i] : 0.0f); });
}

inline void rope(const RopeArgs& args) {
    const float* const cosines = args.turns;
    const float* const sines = args.turns + args.pairs;
    const std::size_t step = args.halves ? 1 : 2, across = args.halves ? args.pairs : 1;
    for (std::size_t head = 0; head < args.headCount; ++head) {
        float* const first = args.heads + head * args.headSize;
        for (std::size_t i = 0; i < args.pairs; ++i) {
            float& a = first[i * step];
            float& b = first[i * step + across];
            const float turned = a * cosines[i] - b * sines[i];
            b = a * sines[i] + b * cosines[i];
            a = turned;
        }
    }
}

LARES_INLINE Floats siluOf(Floats x) {
    return x / (exponential(-x) + 1.0f);
}

/// x/2 * (1 + tanh(u)) = x / (1 + exp(-2 u)).
LARES_INLINE Floats geluTanhOf(Floats x) {
    const Floats u = 0.7978845608f * (x + 0.044715f * x * x * x);
    return x / (exponential(u * -2.0f) + 1.0f);
}

/// gpt-oss: y / (1 + exp(-1.702 y)) of y = min(x, 7).
LARES_INLINE Floats clampedSiluOf(Floats x) {
    const Floats y = smaller(x, splat(7.0f));
    return y / (exponential(y * -1.702f) + 1.0f);
}

inline void silu(const float* in, std::size_t count, float* out) {
    mapEights(count, in, out, [](Floats x, std::size_t) { return siluOf(x); });
}

inline void geluTanh(const float* in, std::size_t count, float* out) {
    mapEights(count, in, out, [](Floats x, std::size_t) { return geluTanhOf(x); });
}

inline void clampedSilu(const float* in, std::size_t count, float* out) {
    mapEights(count, in, out, [](Floats x, std::size_t) { return clampedSiluOf(x); });
}

/// out = function(in, factor).
template <typename Function>
LARES_INLINE void mapBoth(const float* in, const float* factor, std::size_t count, float* out, Function&& function) {
    const std::size_t whole = count / 8 * 8, left = (count - whole) * sizeof(float);
    mapEights(whole, in, out, [&](Floats x, std::size_t i) { return function(x, load(factor + i)); });
    float rest[8] = {}, factors[8] = {};
    std::memcpy(rest, in + whole, left);
    std::memcpy(factors, factor + whole, left);
    store(function(load(rest), load(factors)), rest);
    std::memcpy(out + whole, rest, left);
}

inline void siluTimes(const float* in, const float* factor, std::size_t count, float* out) {
    mapBoth(in, factor, count, out, [](Floats x, Floats y) { return siluOf(x) * y; });
}

inline void geluTanhTimes(const float* in, const float* factor, std::size_t count, float* out) {
    mapBoth(in, factor, count, out, [](Floats x, Floats y) { return geluTanhOf(x) * y; });
}

/// The factor counts as clamp(factor, -7, 7) + 1.
inline void clampedSiluTimes(const float* in, const float* factor, std::size_t count, float* out) {
    mapBoth(in, factor, count, out, [](Floats x, Floats y) {
        return clampedSiluOf(x) * (smaller(larger(y, splat(-7.0f)), splat(7.0f)) + 1.0f);
    });
}

/// cap * tanh(x / cap), as 1 - 2 / (1 + exp(2 x / cap)).
inline void softCap(const float* in, float cap, std::size_t count, float* out) {
    mapEights(count, in, out,
              [cap](Floats x, std::size_t) { return cap - (2 * cap) / (exponential(x * (2 / cap)) + 1.0f); });
}

inline void add(const float* left, const float* right, std::size_t count, float* out) {
    for (std::size_t i = 0; i < count; ++i) out[i] = left[i] + right[i];
}

inline void addScaled(const float* in, float factor, std::size_t count, float* out) {
    for (std::size_t i = 0; i < count; ++i) out[i] += factor * in[i];
}

/// The nearest of 255 steps between minus and plus the largest magnitude of each 32.
inline void roundToBlocks(const float* in, std::uint32_t width, std::int8_t* numbers, ActivationBlock* blocks) {
    for (std::uint32_t first = 0; first < width; first += 32, ++blocks) {
        Floats values[4];
        for (int i = 0; i < 4; ++i) values[i] = load(in + first + i * 8);
        const float most = largest(
            larger(larger(absolute(values[0]), absolute(values[1])), larger(absolute(values[2]), absolute(values[3]))));
        const float factor = most > 0 ? 127.0f / most : 0.0f;
        for (int i = 0; i < 4; ++i) {
            values[i] = rounded(values[i] * factor);
            const Smalls small = __builtin_convertvector(values[i], Smalls);
            std::memcpy(numbers + first + i * 8, &small, sizeof small);
        }
        blocks->scale = most / 127.0f;
        blocks->halfSums[0] = blocks->scale * sum(values[0] + values[1]);
        blocks->halfSums[1] = blocks->scale * sum(values[2] + values[3]);
        blocks->sum = blocks->halfSums[0] + blocks->halfSums[1];
    }
}

}  // namespace lares::inference::cpu::LARES_KERNELS

// What the processor computes, as a table of functions: the same kernels, compiled once for each instruction set that
// is worth it (build.h). Whoever computes takes the table that chooseKernels() gives for the processor at hand.
//
// Included by files that are compiled for processors this program may not be running on: plain data only in here, and
// no standard header with inline functions, which the linker might then take from there for the whole program.
#pragma once

#include "inference/cpu/layouts.h"

#include <cstddef>
#include <cstdint>

namespace lares::inference::cpu {

/// Of 32 activations that were rounded to bytes: what one is worth, and their sums (all, the first and the last
/// sixteen), multiplied by that.
struct ActivationBlock {
    float scale, sum;
    float halfSums[2];
};

/// out[t, r] = scale * (sum over k of weights[r, k] * in[t, k] + bias[r]) + residual[t, r], for `count` rows t.
struct ProductArgs {
    Layout layout = Layout::f32;
    const std::byte* weights = nullptr;  ///< the first group
    std::size_t groupBytes = 0;
    std::uint32_t rows = 0;     ///< of the weights, and width of `out`
    std::uint32_t columns = 0;  ///< of the weights, and width of `in`
    const std::int8_t* codebook = nullptr;

    const float* in = nullptr;                ///< for exact products and float layouts,
    const std::int8_t* numbers = nullptr;     ///< for the others [.., columns]
    const ActivationBlock* blocks = nullptr;  ///< [.., columns / 32]

    float* out = nullptr;
    const float* bias = nullptr;      ///< [rows] or null
    const float* residual = nullptr;  ///< or null
    float scale = 1;
    std::uint32_t count = 0;
    /// null: row t of `in` and `out`; else row pairs[t] of `out`, and of `in` that one divided by inDivisor.
    const std::uint32_t* pairs = nullptr;
    std::uint32_t inDivisor = 1;
};

/// As Attention of program/operation.h over one layer's cache, whose rows are positions modulo `capacity`. Keys lie
/// [headCountKv][rows / 8][headSize][8], values [headCountKv][rows][headSize rounded up to 8], with rows = capacity
/// rounded up to 8.
struct AttentionArgs {
    const float* query = nullptr;
    float* out = nullptr;
    std::uint32_t rows = 0, headCount = 0, headCountKv = 0, headSize = 0;
    float scale = 1, softCap = 0;
    std::uint32_t window = 0;
    bool causal = true;
    const float* sinks = nullptr;   ///< [headCount] or null
    const float* slopes = nullptr;  ///< [headCount] or null
    std::uint32_t position = 0;     ///< of the first row
    const std::byte* keys = nullptr;
    const std::byte* values = nullptr;
    std::uint32_t capacity = 0;
};

/// Keys and values of `rows` positions into such a cache.
struct StoreArgs {
    const float* keys = nullptr;
    const float* values = nullptr;
    std::uint32_t rows = 0, headCountKv = 0, headSize = 0, position = 0, capacity = 0;
    std::byte* cachedKeys = nullptr;
    std::byte* cachedValues = nullptr;
};

struct RopeArgs {
    float* heads = nullptr;  ///< one row
    std::uint32_t headCount = 0, headSize = 0, pairs = 0;
    bool halves = false;
    const float* turns = nullptr;  ///< cosines, then sines, of the pairs
};

/// Query heads of one key/value head that attention computes together.
inline constexpr std::uint32_t kAttentionTile = 4;
inline constexpr std::uint32_t kMostHeadSize = 256;

constexpr std::uint32_t attentionTasks(const AttentionArgs& args) {
    const std::uint32_t queries = args.rows * (args.headCount / args.headCountKv);
    return args.headCountKv * ((queries + kAttentionTile - 1) / kAttentionTile);
}

constexpr std::uint32_t roundedUpTo8(std::uint32_t number) {
    return (number + 7) / 8 * 8;
}

struct Kernels {
    const char* name;  ///< of the instruction set: "AVX2"

    /// Groups firstGroup .. endGroup of a product.
    using Product = void (*)(const ProductArgs&, std::uint32_t firstGroup, std::uint32_t endGroup);
    Product products[kLayoutCount];       ///< of activations in blocks, where takesBlocks(layout)
    Product exactProducts[kLayoutCount];  ///< of activations in f32

    /// One row of `width` (a multiple of 32) activations.
    void (*round)(const float* in, std::uint32_t width, std::int8_t* numbers, ActivationBlock* blocks);

    void (*attendF32)(const AttentionArgs&, std::uint32_t task);
    void (*attendF16)(const AttentionArgs&, std::uint32_t task);
    void (*storeF32)(const StoreArgs&);
    void (*storeF16)(const StoreArgs&);

    void (*rmsNorm)(const float* in, const float* weight, float epsilon, std::uint32_t width, float* out);
    /// `bias` may be null.
    void (*layerNorm)(const float* in, const float* weight, const float* bias, float epsilon, std::uint32_t width,
                      float* out);
    void (*rope)(const RopeArgs&);
    void (*silu)(const float* in, std::size_t count, float* out);
    void (*geluTanh)(const float* in, std::size_t count, float* out);
    void (*clampedSilu)(const float* in, std::size_t count, float* out);
    void (*siluTimes)(const float* in, const float* factor, std::size_t count, float* out);
    void (*geluTanhTimes)(const float* in, const float* factor, std::size_t count, float* out);
    void (*clampedSiluTimes)(const float* in, const float* factor, std::size_t count, float* out);
    void (*softCap)(const float* in, float cap, std::size_t count, float* out);
    void (*add)(const float* left, const float* right, std::size_t count, float* out);
    void (*addScaled)(const float* in, float factor, std::size_t count, float* out);  ///< out += factor * in
};

}  // namespace lares::inference::cpu

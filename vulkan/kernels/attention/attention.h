// Attention over a layer's cache, with an online softmax in f32: row t of the batch sits at position + t and sees the
// positions 0 .. position + t, its own included; when it is not causal, all of the batch instead. Query heads share
// key/value heads in equal groups (GQA).
//
// One workgroup takes up to eight queries that share a key/value head, so that keys and values are read once for them.
// Small batches are also dealt out along the positions, in parts whose number is recorded and whose length follows from
// how many positions are seen when the list runs; the last workgroup to finish its part merges them.
// Larger batches over an f16 cache, where the device has cooperative matrices and the result need not be exact,
// multiply with those, 64 queries to a workgroup: queries and weights are rounded to f16 (and limited to its range),
// sums are f32.
//
// Source: Milakov and Gimelshein, "Online normalizer calculation for softmax" (2018); Dao et al., FlashAttention
// (2022).
//
// Sinks are a learned score of each head that takes part in the softmax as if it were one position more, whose value is
// zero (gpt-oss). Slopes lower a head's scores by slope * distance, however far apart query and key (ALiBi: Press et
// al., "Train Short, Test Long", 2021).
//
// With a window a query sees the latest `window` positions alone, its own included, and the cache is a ring: position
// p lies in row p modulo the capacity, which is at least window + rows - 1, or else every position fits.
#pragma once

#include "vulkan/kernels/cache_type.h"
#include "vulkan/runtime/buffer.h"

#include <optional>

namespace lares::vulkan {

class CommandList;
class Device;

/// At the beginning of the scratch buffer: how many workgroups have finished, by group of queries.
inline constexpr std::uint32_t kAttentionCounterBytes = 4096;

struct AttentionShape {
    std::uint32_t rows = 0;
    std::uint32_t headCount = 0;
    std::uint32_t headCountKv = 0;  ///< divides headCount
    std::uint32_t headSize = 0;     ///< a multiple of 4, at most 256
    std::uint32_t capacity = 0;     ///< positions in the cache
    std::uint32_t window = 0;       ///< 0: no window
};

/// Which shader. `automatic` is what is described above; the others are for tests and benchmarks.
enum class AttentionKernel { automatic, scalar, cooperative };

struct AttentionArgs {
    BufferView query;       ///< f32 [rows, headCount * headSize]
    BufferView keyCache;    ///< cacheType [capacity, headCountKv * headSize]
    BufferView valueCache;  ///< cacheType [capacity, headCountKv * headSize]
    BufferView out;         ///< f32 [rows, headCount * headSize]
    BufferView scratch;     ///< at least attentionScratchBytes(shape), see there; may be shared by all layers
    BufferView step;        ///< StepParams; rows past tokenCount are left as they were
    AttentionShape shape;
    float scale = 1.0f;  ///< of query times key, as a rule 1 / sqrt(headSize)
    CacheType cacheType = CacheType::f16;
    float softCap = 0.0f;                ///< above 0: scores become softCap * tanh(score / softCap)
    bool causal = true;                  ///< else without a window
    std::optional<BufferView> sinks{};   ///< f32 [headCount]
    std::optional<BufferView> slopes{};  ///< f32 [headCount]
    bool exact = true;                   ///< no arithmetic with less than f32
    AttentionKernel kernel = AttentionKernel::automatic;
    bool manyParts = false;  ///< as many as on the largest device; for tests
};

/// Bytes of the scratch buffer, never 0. Its first kAttentionCounterBytes have to be 0 before it is first used;
/// every dispatch leaves them so.
std::uint64_t attentionScratchBytes(const AttentionShape& shape);

/// Throws Error unsupported when the cooperative kernel is asked for where it cannot be.
void recordAttention(CommandList& commands, Device& device, const AttentionArgs& args);

}  // namespace lares::vulkan

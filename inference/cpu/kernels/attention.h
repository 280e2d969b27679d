// Attention of some query heads over the cached positions of the key/value head they share: one pass over the cache in
// pieces of 64 positions, the softmax corrected as larger scores come up (M. Milakov and N. Gimelshein, "Online
// normalizer calculation for softmax", 2018).
//
// Keys lie with eight positions side by side, so eight scores are made at once; values as rows.
#pragma once

#include "inference/cpu/half.h"
#include "inference/cpu/kernels/simd.h"

namespace lares::inference::cpu::LARES_KERNELS {

inline constexpr std::uint32_t kPiece = 64;  ///< positions

/// A cache element of f16.
using Half = std::uint16_t;

LARES_INLINE void storeOne(float value, float* to) {
    *to = value;
}

LARES_INLINE void storeOne(float value, Half* to) {
#if defined(__AVX2__)
    *to = static_cast<Half>(_cvtss_sh(value, 0));
#else
    *to = floatToHalf(value);
#endif
}

template <typename Element>
void storeKeysAndValues(const StoreArgs& args) {
    const std::size_t cacheRows = roundedUpTo8(args.capacity), valueWidth = roundedUpTo8(args.headSize);
    auto* const keys = reinterpret_cast<Element*>(args.cachedKeys);
    auto* const values = reinterpret_cast<Element*>(args.cachedValues);
    for (std::uint32_t t = 0; t < args.rows; ++t) {
        const std::size_t row = (args.position + t) % args.capacity;
        for (std::size_t head = 0; head < args.headCountKv; ++head) {
            const std::size_t from = (std::size_t{t} * args.headCountKv + head) * args.headSize;
            Element* const key = keys + (head * cacheRows + row / 8 * 8) * args.headSize + row % 8;
            Element* const value = values + (head * cacheRows + row) * valueWidth;
            for (std::size_t i = 0; i < args.headSize; ++i) storeOne(args.keys[from + i], key + i * 8);
            for (std::size_t i = 0; i < args.headSize; ++i) storeOne(args.values[from + i], value + i);
        }
    }
}

/// What one query head sees and has summed up so far.
struct Query {
    const float* numbers;
    float* out;
    std::int32_t first, end;  ///< positions
    std::int32_t position;
    float slope;
    float highest, total;
};

/// The positions in rows row .. row + 7 of the cache, where `end` is the one behind the last that is there.
LARES_INLINE Ints positionsOf(std::uint32_t row, std::uint32_t capacity, std::uint32_t end) {
    const auto base = static_cast<std::int32_t>((end - 1) / capacity * capacity);
    const Ints positions = Ints{0, 1, 2, 3, 4, 5, 6, 7} + (base + static_cast<std::int32_t>(row));
    const Ints before = positions - static_cast<std::int32_t>(capacity);
    return positions < static_cast<std::int32_t>(end) ? positions : before;
}

template <typename Element, int kCount>
LARES_INLINE void scoresOfEight(const Element* keys, std::uint32_t headSize, const float (*numbers)[kMostHeadSize],
                                Floats (&scores)[kCount]) {
    LARES_UNROLL
    for (int n = 0; n < kCount; ++n) scores[n] = Floats{};
    for (std::uint32_t i = 0; i < headSize; ++i) {
        const Floats key = load(keys + i * 8);
        LARES_UNROLL
        for (int n = 0; n < kCount; ++n) scores[n] += key * numbers[n][i];
    }
}

/// sums[n][..] += probabilities[n][p] * values[p][..] for `count` positions.
template <typename Element, int kCount>
LARES_INLINE void addValues(const Element* values, std::size_t width, std::uint32_t count,
                            const float (*probabilities)[kPiece], float (*sums)[kMostHeadSize]) {
    for (std::size_t i = 0; i < width; i += 8) {
        Floats own[kCount];
        LARES_UNROLL
        for (int n = 0; n < kCount; ++n) own[n] = load(sums[n] + i);
        for (std::uint32_t p = 0; p < count; ++p) {
            const Floats value = load(values + p * width + i);
            LARES_UNROLL
            for (int n = 0; n < kCount; ++n) own[n] += value * probabilities[n][p];
        }
        LARES_UNROLL
        for (int n = 0; n < kCount; ++n) store(own[n], sums[n] + i);
    }
}

template <typename Element, int kCount>
struct AttentionTile {
    const AttentionArgs& args;
    std::uint32_t end;               ///< behind the last position that is cached
    std::uint32_t firstRow, endRow;  ///< of the cache, that any of the queries sees
    Query queries[kCount];
    alignas(32) float numbers[kCount][kMostHeadSize];
    alignas(32) float sums[kCount][kMostHeadSize];
    alignas(32) float probabilities[kCount][kPiece];

    LARES_INLINE AttentionTile(const AttentionArgs& attention, std::uint32_t head, std::uint32_t firstQuery)
        : args(attention), end(attention.position + attention.rows) {
        const std::uint32_t shared = args.headCount / args.headCountKv;
        std::int32_t first = static_cast<std::int32_t>(end), last = 0;
        LARES_UNROLL
        for (int n = 0; n < kCount; ++n) {
            const std::uint32_t index = firstQuery + static_cast<std::uint32_t>(n), row = index / shared;
            const std::uint32_t own = head * shared + index % shared;
            const std::size_t at = (std::size_t{row} * args.headCount + own) * args.headSize;
            const std::uint32_t seen = args.causal ? args.position + row + 1 : end;
            const std::uint32_t from = args.window != 0 && seen > args.window ? seen - args.window : 0;
            // A sink is as if a position without a value had been seen before.
            queries[n] = {args.query + at,
                          args.out + at,
                          static_cast<std::int32_t>(from),
                          static_cast<std::int32_t>(seen),
                          static_cast<std::int32_t>(args.position + row),
                          args.slopes ? args.slopes[own] : 0.0f,
                          args.sinks ? args.sinks[own] : -__builtin_inff(),
                          args.sinks ? 1.0f : 0.0f};
            for (std::uint32_t i = 0; i < args.headSize; ++i) numbers[n][i] = queries[n].numbers[i] * args.scale;
            std::memset(sums[n], 0, sizeof sums[n]);
            first = queries[n].first < first ? queries[n].first : first;
            last = queries[n].end > last ? queries[n].end : last;
        }
        const bool wrapped = end > args.capacity;
        firstRow = wrapped ? 0 : static_cast<std::uint32_t>(first);
        endRow = wrapped ? args.capacity : static_cast<std::uint32_t>(last);
    }

    /// The scores of rows [row, row + 8 n) in `probabilities`, what a query does not see at minus infinity.
    LARES_INLINE void score(const Element* keys, std::uint32_t row, std::uint32_t count) {
        for (std::uint32_t p = 0; p < count; p += 8) {
            Floats scores[kCount];
            scoresOfEight<Element, kCount>(keys + std::size_t{row + p} * args.headSize, args.headSize, numbers, scores);
            const Ints positions = positionsOf(row + p, args.capacity, end);
            const Ints rows = Ints{0, 1, 2, 3, 4, 5, 6, 7} + static_cast<std::int32_t>(row + p);
            LARES_UNROLL
            for (int n = 0; n < kCount; ++n) {
                if (args.softCap > 0) {
                    const Floats turned = exponential(scores[n] * (2 / args.softCap));
                    scores[n] = args.softCap - (2 * args.softCap) / (turned + 1.0f);
                }
                if (args.slopes) {
                    scores[n] -= absolute(toFloats(positions - queries[n].position)) * queries[n].slope;
                }
                const Ints seen = (positions >= queries[n].first) & (positions < queries[n].end) &
                                  (rows < static_cast<std::int32_t>(args.capacity));
                store(seen ? scores[n] : splat(-__builtin_inff()), probabilities[n] + p);
            }
        }
    }

    /// From scores to what they count, beside what came before.
    LARES_INLINE void weigh(std::uint32_t count) {
        LARES_UNROLL
        for (int n = 0; n < kCount; ++n) {
            Query& query = queries[n];
            Floats most = splat(query.highest);
            for (std::uint32_t p = 0; p < count; p += 8) most = larger(most, load(probabilities[n] + p));
            const float highest = largest(most);
            if (highest == -__builtin_inff()) {  // it sees nothing here, nor before
                std::memset(probabilities[n], 0, sizeof probabilities[n]);
                continue;
            }
            const float kept = exponential(splat(query.highest - highest))[0];
            Floats total{};
            for (std::uint32_t p = 0; p < count; p += 8) {
                const Floats share = exponential(load(probabilities[n] + p) - highest);
                store(share, probabilities[n] + p);
                total += share;
            }
            query.total = query.total * kept + sum(total);
            query.highest = highest;
            for (std::uint32_t i = 0; i < args.headSize; i += 8) store(load(sums[n] + i) * kept, sums[n] + i);
        }
    }
};

template <typename Element, int kCount>
LARES_INLINE void attendTile(const AttentionArgs& args, std::uint32_t head, std::uint32_t firstQuery) {
    AttentionTile<Element, kCount> tile(args, head, firstQuery);
    const std::size_t cacheRows = roundedUpTo8(args.capacity), width = roundedUpTo8(args.headSize);
    const Element* const keys = reinterpret_cast<const Element*>(args.keys) + head * cacheRows * args.headSize;
    const Element* const values = reinterpret_cast<const Element*>(args.values) + head * cacheRows * width;
    for (std::uint32_t row = tile.firstRow / 8 * 8; row < tile.endRow; row += kPiece) {
        const std::uint32_t rest = tile.endRow - row, count = rest < kPiece ? rest : kPiece;
        tile.score(keys, row, roundedUpTo8(count));
        tile.weigh(roundedUpTo8(count));
        addValues<Element, kCount>(values + row * width, width, count, tile.probabilities, tile.sums);
    }
    LARES_UNROLL
    for (int n = 0; n < kCount; ++n) {
        const Query& query = tile.queries[n];
        for (std::uint32_t i = 0; i < args.headSize; ++i) query.out[i] = tile.sums[n][i] / query.total;
    }
}

template <typename Element>
void attend(const AttentionArgs& args, std::uint32_t task) {
    const std::uint32_t queries = args.rows * (args.headCount / args.headCountKv);
    const std::uint32_t tiles = (queries + kAttentionTile - 1) / kAttentionTile;
    const std::uint32_t head = task / tiles, first = task % tiles * kAttentionTile;
    switch (queries - first) {
        case 1:
            return attendTile<Element, 1>(args, head, first);
        case 2:
            return attendTile<Element, 2>(args, head, first);
        case 3:
            return attendTile<Element, 3>(args, head, first);
        default:
            return attendTile<Element, 4>(args, head, first);
    }
}

}  // namespace lares::inference::cpu::LARES_KERNELS

// Products of bytes for any processor, one after the other; see dot_avx2.h for what they are.
#pragma once

#include "inference/cpu/kernels/simd.h"

namespace lares::inference::cpu::LARES_KERNELS {

using Bytes = std::uint8_t __attribute__((vector_size(32)));

LARES_INLINE Bytes loadBytes(const std::uint8_t* from) {
    Bytes bytes;
    std::memcpy(&bytes, from, sizeof bytes);
    return bytes;
}

LARES_INLINE Bytes lowNibbles(Bytes both) {
    return both & 15;
}

LARES_INLINE Bytes highNibbles(Bytes both) {
    return both >> 4;
}

LARES_INLINE Bytes looked(Bytes nibbles, const std::int8_t* codebook) {
    Bytes result{};
    for (int i = 0; i < 32; ++i) result[i] = static_cast<std::uint8_t>(codebook[nibbles[i]]);
    return result;
}

LARES_INLINE Bytes four(const std::int8_t* from) {
    Bytes result{};
    for (int i = 0; i < 32; i += 4) std::memcpy(reinterpret_cast<char*>(&result) + i, from, 4);
    return result;
}

struct ByteSums {
    Ints sums{};

    /// Nibbles are signed bytes, too.
    LARES_INLINE void add(Bytes weights, Bytes activations) {
        std::int8_t w[32], a[32];
        std::memcpy(w, &weights, sizeof w);
        std::memcpy(a, &activations, sizeof a);
        for (int row = 0; row < 8; ++row) {
            std::int32_t total = 0;
            for (int i = row * 4; i < row * 4 + 4; ++i) total += w[i] * a[i];
            sums[row] += total;
        }
    }
    LARES_INLINE Ints total() const { return sums; }
};

using NibbleSums = ByteSums;

}  // namespace lares::inference::cpu::LARES_KERNELS

// Products of bytes with the dot product instruction of Arm (Armv8.2, FEAT_DotProd); see dot_avx2.h for what they are.
#pragma once

#include "inference/cpu/kernels/simd.h"

namespace lares::inference::cpu::LARES_KERNELS {

using Bytes = uint8x16x2_t;

LARES_INLINE Bytes loadBytes(const std::uint8_t* from) {
    return {{vld1q_u8(from), vld1q_u8(from + 16)}};
}

LARES_INLINE Bytes lowNibbles(Bytes both) {
    const uint8x16_t mask = vdupq_n_u8(15);
    return {{vandq_u8(both.val[0], mask), vandq_u8(both.val[1], mask)}};
}

LARES_INLINE Bytes highNibbles(Bytes both) {
    return {{vshrq_n_u8(both.val[0], 4), vshrq_n_u8(both.val[1], 4)}};
}

LARES_INLINE Bytes looked(Bytes nibbles, const std::int8_t* codebook) {
    const uint8x16_t codes = vreinterpretq_u8_s8(vld1q_s8(codebook));
    return {{vqtbl1q_u8(codes, nibbles.val[0]), vqtbl1q_u8(codes, nibbles.val[1])}};
}

LARES_INLINE Bytes four(const std::int8_t* from) {
    std::int32_t bytes;
    std::memcpy(&bytes, from, sizeof bytes);
    const uint8x16_t all = vreinterpretq_u8_s32(vdupq_n_s32(bytes));
    return {{all, all}};
}

struct ByteSums {
    int32x4_t low = vdupq_n_s32(0), high = vdupq_n_s32(0);

    /// Nibbles are signed bytes, too.
    LARES_INLINE void add(Bytes weights, Bytes activations) {
        const int8x16_t same = vreinterpretq_s8_u8(activations.val[0]);
        low = vdotq_s32(low, vreinterpretq_s8_u8(weights.val[0]), same);
        high = vdotq_s32(high, vreinterpretq_s8_u8(weights.val[1]), same);
    }
    LARES_INLINE Ints total() const {
        Ints sums;
        std::memcpy(&sums, &low, 16);
        std::memcpy(reinterpret_cast<char*>(&sums) + 16, &high, 16);
        return sums;
    }
};

using NibbleSums = ByteSums;

}  // namespace lares::inference::cpu::LARES_KERNELS

// Products of bytes with AVX2, or with the instructions that came later for just that (VNNI, in both encodings).
//
// Eight rows at a time: lane r of a register holds four columns of row r. vpmaddubsw multiplies unsigned by signed
// bytes and adds pairs in 16 bits, which saturates: nibbles times bytes can be added up over 32 columns before that (8
// x 2 x 15 x 127 < 2^15); bytes times bytes cannot be added at all, and the sign goes from one side to the other.
#pragma once

#include "inference/cpu/kernels/simd.h"

namespace lares::inference::cpu::LARES_KERNELS {

using Bytes = __m256i;

#if defined(__AVX512VNNI__) && defined(__AVX512VL__)
#define LARES_DOT_BYTES(sums, a, b) _mm256_dpbusd_epi32(sums, a, b)
#elif defined(__AVXVNNI__)
#define LARES_DOT_BYTES(sums, a, b) _mm256_dpbusd_avx_epi32(sums, a, b)
#endif

LARES_INLINE Bytes loadBytes(const std::uint8_t* from) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}

LARES_INLINE Bytes lowNibbles(Bytes both) {
    return _mm256_and_si256(both, _mm256_set1_epi8(15));
}

LARES_INLINE Bytes highNibbles(Bytes both) {
    return _mm256_and_si256(_mm256_srli_epi16(both, 4), _mm256_set1_epi8(15));
}

/// Each nibble's byte out of sixteen.
LARES_INLINE Bytes looked(Bytes nibbles, const std::int8_t* codebook) {
    const __m128i codes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(codebook));
    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(codes), nibbles);
}

/// Four activations, the same for all rows.
LARES_INLINE Bytes four(const std::int8_t* from) {
    std::int32_t bytes;
    std::memcpy(&bytes, from, sizeof bytes);
    return _mm256_set1_epi32(bytes);
}

/// Sums of products of nibbles, over up to 32 columns.
struct NibbleSums {
    __m256i sums = _mm256_setzero_si256();

    LARES_INLINE void add(Bytes nibbles, Bytes activations) {
#ifdef LARES_DOT_BYTES
        sums = LARES_DOT_BYTES(sums, nibbles, activations);
#else
        sums = _mm256_add_epi16(sums, _mm256_maddubs_epi16(nibbles, activations));
#endif
    }
    LARES_INLINE Ints total() const {
#ifdef LARES_DOT_BYTES
        return (Ints)sums;
#else
        return (Ints)_mm256_madd_epi16(sums, _mm256_set1_epi16(1));
#endif
    }
};

/// Sums of products of signed bytes.
struct ByteSums {
    __m256i sums = _mm256_setzero_si256();

    LARES_INLINE void add(Bytes weights, Bytes activations) {
        const __m256i magnitudes = _mm256_abs_epi8(weights), signedOnes = _mm256_sign_epi8(activations, weights);
#ifdef LARES_DOT_BYTES
        sums = LARES_DOT_BYTES(sums, magnitudes, signedOnes);
#else
        const __m256i pairs = _mm256_maddubs_epi16(magnitudes, signedOnes);
        sums = _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
#endif
    }
    LARES_INLINE Ints total() const {
        return (Ints)sums;
    }
};

}  // namespace lares::inference::cpu::LARES_KERNELS

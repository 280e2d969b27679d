// Eight numbers at a time, in the vector types that GCC and Clang have for every processor: what it has no register of
// that size for is cut up by the compiler. Only what these types cannot say (products of bytes, half precision) is
// written for an instruction set, below and in dot_*.h.
//
// Everything in here and in the other headers of this folder but kernels.h is compiled several times, each time inside
// a namespace of its own (LARES_KERNELS), so that code for one processor is never linked into another's.
#pragma once

#include "inference/cpu/kernels/kernels.h"

#include <cstring>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#define LARES_INLINE inline __attribute__((always_inline))
#define LARES_OWN_FUNCTION inline __attribute__((noinline))  // one copy is enough

// Loops over the rows of a tile have to disappear, so that their sums stay in registers; those along the columns have
// to stay, or GCC adds everything up in an order of its own that needs more registers than there are.
#if defined(__clang__)
#define LARES_UNROLL _Pragma("clang loop unroll(full)")
#define LARES_KEEP_LOOP _Pragma("clang loop unroll(disable)")
#else
#define LARES_UNROLL _Pragma("GCC unroll 16")
#define LARES_KEEP_LOOP _Pragma("GCC unroll 1")
#endif

namespace lares::inference::cpu::LARES_KERNELS {

using Floats = float __attribute__((vector_size(32)));
using Ints = std::int32_t __attribute__((vector_size(32)));
using Words = std::uint32_t __attribute__((vector_size(32)));
using Halves = std::uint16_t __attribute__((vector_size(16)));
using Smalls = std::int8_t __attribute__((vector_size(8)));

LARES_INLINE Floats load(const float* from) {
    Floats value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

LARES_INLINE void store(Floats value, float* to) {
    std::memcpy(to, &value, sizeof value);
}

LARES_INLINE Floats splat(float value) {
    return Floats{value, value, value, value, value, value, value, value};
}

LARES_INLINE Floats toFloats(Ints value) {
    return __builtin_convertvector(value, Floats);
}

/// Of eight half precision numbers, exactly.
LARES_INLINE Floats load(const std::uint16_t* from) {
    Halves halves;
    std::memcpy(&halves, from, sizeof halves);
#if defined(__AVX2__)
    return (Floats)_mm256_cvtph_ps((__m128i)halves);
#else
    const Words bits = __builtin_convertvector(halves, Words);
    const Words magnitude = (bits & 0x7fffu) << 13;
    const Floats number = (Floats)magnitude * 0x1p112f;  // makes up for the smaller exponents, subnormal ones too
    const Words infinite = (Words)(magnitude >= (0x7c00u << 13)) & 0x7f800000u;
    return (Floats)((Words)number | infinite | (bits & 0x8000u) << 16);
#endif
}

/// Of eight bfloat16 numbers.
LARES_INLINE Floats loadUpperHalves(const std::uint16_t* from) {
    Halves halves;
    std::memcpy(&halves, from, sizeof halves);
    return (Floats)(__builtin_convertvector(halves, Words) << 16);
}

LARES_INLINE Floats loadSmalls(const std::int8_t* from) {
    Smalls smalls;
    std::memcpy(&smalls, from, sizeof smalls);
    return __builtin_convertvector(smalls, Floats);
}

LARES_INLINE Floats larger(Floats a, Floats b) {
    return a > b ? a : b;
}

LARES_INLINE Floats smaller(Floats a, Floats b) {
    return a < b ? a : b;
}

LARES_INLINE Floats absolute(Floats value) {
    return (Floats)((Ints)value & 0x7fffffff);
}

LARES_INLINE float sum(Floats v) {
    return ((v[0] + v[4]) + (v[1] + v[5])) + ((v[2] + v[6]) + (v[3] + v[7]));
}

LARES_INLINE float largest(Floats v) {
    float result = v[0];
    for (int i = 1; i < 8; ++i) result = v[i] > result ? v[i] : result;
    return result;
}

/// To the nearest whole number, ties to even, of numbers up to 2^21.
LARES_INLINE Floats rounded(Floats value) {
    constexpr float kShift = 0x1.8p23f;
    return (value + kShift) - kShift;
}

/// e^x, to two units in the last place; 0 below -87, and e^88 above 88. A polynomial over half a power of two, as in
/// the Cephes library (S. Moshier).
LARES_INLINE Floats exponential(Floats x) {
    const Floats low = splat(-87.3f), high = splat(88.0f);
    const auto nothing = x < low;
    x = nothing ? low : x;
    x = x > high ? high : x;
    const Floats powers = rounded(x * 1.44269504089f);
    const Floats r = (x - powers * 0.693359375f) + powers * 2.12194440e-4f;
    Floats y = splat(1.9875691500e-4f);
    y = y * r + 1.3981999507e-3f;
    y = y * r + 8.3334519073e-3f;
    y = y * r + 4.1665795894e-2f;
    y = y * r + 1.6666665459e-1f;
    y = y * r + 5.0000001201e-1f;
    y = y * (r * r) + r + 1.0f;
    const Floats scale = (Floats)((__builtin_convertvector(powers, Ints) + 127) << 23);
    return nothing ? splat(0.0f) : y * scale;
}

}  // namespace lares::inference::cpu::LARES_KERNELS

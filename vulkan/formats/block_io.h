// Small things that the formats' scalar code shares. Included by the format headers only.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

namespace lares::vulkan::blocks {

static_assert(std::endian::native == std::endian::little, "GGUF blocks are read as they lie in the file");

inline std::uint16_t readU16(const std::byte* bytes) {
    std::uint16_t value;
    std::memcpy(&value, bytes, sizeof value);
    return value;
}

inline std::uint32_t readU32(const std::byte* bytes) {
    std::uint32_t value;
    std::memcpy(&value, bytes, sizeof value);
    return value;
}

inline unsigned byteAt(const std::byte* bytes, std::size_t index) {
    return std::to_integer<unsigned>(bytes[index]);
}

/// IEEE half precision to f32, exactly; a NaN stays a NaN.
inline float halfToFloat(std::uint16_t half) {
    const std::uint32_t sign = std::uint32_t{half & 0x8000u} << 16;
    const std::uint32_t exponent = (half >> 10) & 0x1fu;
    const std::uint32_t fraction = half & 0x3ffu;
    if (exponent == 0x1f) return std::bit_cast<float>(sign | 0x7f800000u | fraction << 13);
    if (exponent != 0) return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
    const float value = std::ldexp(static_cast<float>(fraction), -24);  // zero and subnormal numbers
    return sign != 0 ? -value : value;
}

/// Chunks of 128 elements that a row takes (kChunkElements in formats.h).
inline std::uint32_t chunksOf(std::uint32_t columns) {
    return (columns + 127) / 128;
}

inline std::uint32_t roundUp16(std::uint32_t bytes) {
    return (bytes + 15) & ~15u;
}

/// Where element e of a row is found: its chunk, and in the chunk the word, half, lane and place of formats.h.
struct ElementPlace {
    std::uint32_t chunk, word, half, lane, place;
};

inline ElementPlace placeOf(std::uint32_t element) {
    return {element / 128, element / 32 % 4, element / 16 % 2, element / 4 % 4, element % 4};
}

}  // namespace lares::vulkan::blocks

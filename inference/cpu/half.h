// From f32 to IEEE half precision, to the nearest, ties to even; what is too large becomes infinite. The way back is
// vulkan/formats/block_io.h. Included by the kernels, too, so it is always a part of whoever calls it (kernels.h).
#pragma once

#include <cstdint>
#include <cstring>

namespace lares::inference::cpu {

inline __attribute__((always_inline)) std::uint16_t floatToHalf(float value) {
    std::uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    const std::uint32_t sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u) return static_cast<std::uint16_t>(sign | 0x7e00u);  // NaN
    if (magnitude >= 0x477ff000u) return static_cast<std::uint16_t>(sign | 0x7c00u);
    if (magnitude < 0x38800000u) {  // a subnormal number: next to 1/2, f32 counts in 2^-24, too
        float shifted;
        std::memcpy(&shifted, &magnitude, sizeof shifted);
        shifted += 0.5f;
        std::memcpy(&bits, &shifted, sizeof bits);
        return static_cast<std::uint16_t>(sign | (bits - 0x3f000000u));
    }
    const std::uint32_t odd = magnitude >> 13 & 1u;
    return static_cast<std::uint16_t>(sign | (magnitude - 0x38000000u + 0xfffu + odd) >> 13);
}

}  // namespace lares::inference::cpu

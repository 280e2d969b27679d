// Q5_1: blocks of 32 elements. In the file: f16 d, f16 m, then as Q5_0; element = d * q + m, q of 0..31. 24 bytes.
//
// Packed: see nibble_rows.h; a header is d and m. 96 bytes per chunk, as in the file.
#pragma once

#include "vulkan/formats/nibble_rows.h"

namespace lares::vulkan::blocks {

struct Q5_1 : NibbleRows<4, true, false> {
    static constexpr const char* kName = "Q5_1";
    static constexpr std::uint32_t kGgmlType = 7;
    static constexpr std::uint32_t kBlockElements = 32;
    static constexpr std::uint32_t kBlockBytes = 24;

    static void dequantize(const std::byte* blocks, float* out, std::size_t blockCount) {
        for (std::size_t b = 0; b < blockCount; ++b, blocks += kBlockBytes, out += kBlockElements) {
            const float d = halfToFloat(readU16(blocks));
            const float m = halfToFloat(readU16(blocks + 2));
            const std::uint32_t fifth = readU32(blocks + 4);
            for (std::size_t j = 0; j < 32; ++j) {
                const unsigned nibble = byteAt(blocks, 8 + j % 16) >> (j / 16 * 4) & 15;
                out[j] = d * static_cast<float>(nibble | (fifth >> j & 1) << 4) + m;
            }
        }
    }
};

}  // namespace lares::vulkan::blocks

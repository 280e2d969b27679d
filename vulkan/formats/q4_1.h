// Q4_1: blocks of 32 elements. In the file: f16 d, f16 m, 16 bytes of nibbles; element j = d * low nibble j + m,
// element j + 16 = d * high nibble j + m. 20 bytes.
//
// Packed: see nibble_rows.h; a header is d and m. 80 bytes per chunk, as in the file.
#pragma once

#include "vulkan/formats/nibble_rows.h"

namespace lares::vulkan::blocks {

struct Q4_1 : NibbleRows<4, false, false> {
    static constexpr const char* kName = "Q4_1";
    static constexpr std::uint32_t kGgmlType = 3;
    static constexpr std::uint32_t kBlockElements = 32;
    static constexpr std::uint32_t kBlockBytes = 20;

    static void dequantize(const std::byte* blocks, float* out, std::size_t blockCount) {
        for (std::size_t b = 0; b < blockCount; ++b, blocks += kBlockBytes, out += kBlockElements) {
            const float d = halfToFloat(readU16(blocks));
            const float m = halfToFloat(readU16(blocks + 2));
            for (std::size_t j = 0; j < 16; ++j) {
                out[j] = d * static_cast<float>(byteAt(blocks, 4 + j) & 15) + m;
                out[j + 16] = d * static_cast<float>(byteAt(blocks, 4 + j) >> 4) + m;
            }
        }
    }
};

}  // namespace lares::vulkan::blocks

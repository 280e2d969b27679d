// Q4_0: blocks of 32 elements. In the file: f16 d, 16 bytes of nibbles; element j = d * (low nibble j - 8), element
// j + 16 = d * (high nibble j - 8). 18 bytes, so blocks lie on odd halves of words.
//
// Packed: see nibble_rows.h; the nibbles stored less 8, with sign. 72 bytes per chunk, as in the file.
#pragma once

#include "vulkan/formats/nibble_rows.h"

namespace lares::vulkan::blocks {

struct Q4_0 : NibbleRows<2, false, true> {
    static constexpr const char* kName = "Q4_0";
    static constexpr std::uint32_t kGgmlType = 2;
    static constexpr std::uint32_t kBlockElements = 32;
    static constexpr std::uint32_t kBlockBytes = 18;

    static void dequantize(const std::byte* blocks, float* out, std::size_t blockCount) {
        for (std::size_t b = 0; b < blockCount; ++b, blocks += kBlockBytes, out += kBlockElements) {
            const float d = halfToFloat(readU16(blocks));
            for (std::size_t j = 0; j < 16; ++j) {
                const int quants = static_cast<int>(byteAt(blocks, 2 + j));
                out[j] = d * static_cast<float>((quants & 15) - 8);
                out[j + 16] = d * static_cast<float>((quants >> 4) - 8);
            }
        }
    }
};

}  // namespace lares::vulkan::blocks

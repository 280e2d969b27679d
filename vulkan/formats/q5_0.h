// Q5_0: blocks of 32 elements. In the file: f16 d, a word whose bit j is the fifth bit of element j, 16 bytes of
// nibbles (low ones of elements 0..15, high ones of 16..31); element = d * (q - 16). 22 bytes.
//
// Packed: see nibble_rows.h; the numbers stored less 16, with sign. 88 bytes per chunk, as in the file.
#pragma once

#include "vulkan/formats/nibble_rows.h"

namespace lares::vulkan::blocks {

struct Q5_0 : NibbleRows<2, true, true> {
    static constexpr const char* kName = "Q5_0";
    static constexpr std::uint32_t kGgmlType = 6;
    static constexpr std::uint32_t kBlockElements = 32;
    static constexpr std::uint32_t kBlockBytes = 22;

    static void dequantize(const std::byte* blocks, float* out, std::size_t blockCount) {
        for (std::size_t b = 0; b < blockCount; ++b, blocks += kBlockBytes, out += kBlockElements) {
            const float d = halfToFloat(readU16(blocks));
            const std::uint32_t fifth = readU32(blocks + 2);
            for (std::size_t j = 0; j < 32; ++j) {
                const unsigned nibble = byteAt(blocks, 6 + j % 16) >> (j / 16 * 4) & 15;
                out[j] = d * static_cast<float>(static_cast<int>(nibble | (fifth >> j & 1) << 4) - 16);
            }
        }
    }
};

}  // namespace lares::vulkan::blocks

// IQ4_NL: blocks of 32 elements. In the file as Q4_0: f16 d, 16 bytes of nibbles; element = d * value of the nibble,
// out of sixteen that lie closer together around zero (iq4_values.h). 18 bytes.
//
// Packed: see nibble_rows.h; the indices stored less 8, with sign. 72 bytes per chunk, as in the file.
#pragma once

#include "vulkan/formats/iq4_values.h"
#include "vulkan/formats/nibble_rows.h"

namespace lares::vulkan::blocks {

struct IQ4_NL : NibbleRows<2, false, true> {
    static constexpr const char* kName = "IQ4_NL";
    static constexpr std::uint32_t kGgmlType = 20;
    static constexpr std::uint32_t kBlockElements = 32;
    static constexpr std::uint32_t kBlockBytes = 18;

    static void dequantize(const std::byte* blocks, float* out, std::size_t blockCount) {
        for (std::size_t b = 0; b < blockCount; ++b, blocks += kBlockBytes, out += kBlockElements) {
            const float d = halfToFloat(readU16(blocks));
            for (std::size_t j = 0; j < 16; ++j) {
                out[j] = d * kIq4Values[byteAt(blocks, 2 + j) & 15];
                out[j + 16] = d * kIq4Values[byteAt(blocks, 2 + j) >> 4];
            }
        }
    }
};

}  // namespace lares::vulkan::blocks

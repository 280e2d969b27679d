// MXFP4 (OCP Microscaling Formats 1.0): blocks of 32 elements. In the file: a byte e, 16 bytes of nibbles (low ones of
// elements 0..15, high ones of 16..31); element = 2^(e - 128) * value of the nibble, where bit 3 is the sign and 0..7
// are 0, 1, 2, 3, 4, 6, 8, 12 (twice the e2m1 number). 17 bytes, so blocks lie anywhere. As in ggml, e = 255 is no NaN.
// 2^-127 and 2^-128 (e < 2) are subnormal numbers, which a device may count as zero; here they are zero everywhere.
//
// Packed: see nibble_rows.h; a header is e. 68 bytes per chunk, as in the file.
#pragma once

#include "vulkan/formats/nibble_rows.h"

namespace lares::vulkan::blocks {

struct MXFP4 : NibbleRows<1, false, false> {
    static constexpr const char* kName = "MXFP4";
    static constexpr std::uint32_t kGgmlType = 39;
    static constexpr std::uint32_t kBlockElements = 32;
    static constexpr std::uint32_t kBlockBytes = 17;

    static void dequantize(const std::byte* blocks, float* out, std::size_t blockCount) {
        static constexpr float kValues[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};
        for (std::size_t b = 0; b < blockCount; ++b, blocks += kBlockBytes, out += kBlockElements) {
            const int e = static_cast<int>(byteAt(blocks, 0));
            const float scale = e < 2 ? 0.0f : std::ldexp(1.0f, e - 128);
            for (std::size_t j = 0; j < 16; ++j) {
                out[j] = scale * kValues[byteAt(blocks, 1 + j) & 15];
                out[j + 16] = scale * kValues[byteAt(blocks, 1 + j) >> 4];
            }
        }
    }
};

}  // namespace lares::vulkan::blocks

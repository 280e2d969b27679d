// IQ3_S: blocks of 256 elements in 8 groups of 32. In the file: f16 d; for each four elements the low byte of an index
// into a grid of 512 (64 bytes), then the ninth bits of the indices (8 bytes, the first lowest), then a sign for each
// element (32 bytes), then 4 bytes of scales s (two groups a byte, the first in the low half). Element = d * (2 s + 1)
// * (1, 3, .. 15). 110 bytes; packed 1.24 times as many.
//
// Packed: see iq_rows.h.
#pragma once

#include "vulkan/formats/iq_rows.h"

namespace lares::vulkan::blocks {

struct IQ3_S : Iq3Rows<IQ3_S> {
    static constexpr const char* kName = "IQ3_S";
    static constexpr std::uint32_t kGgmlType = 21;
    static constexpr std::uint32_t kBlockElements = 256;
    static constexpr std::uint32_t kBlockBytes = 110;
    static constexpr float kValues[8] = {1, 3, 5, 7, 9, 11, 13, 15};
    static float factor(float d, float scale) { return d * (2 * scale + 1); }

    static IqBlock expand(const std::byte* block) {
        IqBlock out;
        for (std::size_t i = 0; i < 64; ++i) {
            const unsigned ninth = byteAt(block, 66 + i / 8) >> (i % 8) & 1;
            const unsigned signs = byteAt(block, 74 + i / 2) >> (i % 2 * 4);
            out.put(i * 4, 4, 4, kIq3SGrid[byteAt(block, 2 + i) | ninth << 8], signs);
        }
        for (std::size_t g = 0; g < 8; ++g) out.scales[g] = byteAt(block, 106 + g / 2) >> (g % 2 * 4) & 15;
        return out;
    }
};

}  // namespace lares::vulkan::blocks

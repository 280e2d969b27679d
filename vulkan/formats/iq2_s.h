// IQ2_S: blocks of 256 elements in 16 groups of 16. In the file: f16 d; for each eight elements the low byte of an
// index into a grid of 1024 (32 bytes), then eight signs (32 bytes), then the two high bits of the index (8 bytes, four
// to a byte, the first lowest); 8 bytes of scales s (two groups a byte, the first in the low half). Element =
// d * (s + 1/2) / 4 * (8, 25 or 43). 82 bytes; packed 1.29 times as many.
//
// Packed: see iq_rows.h.
#pragma once

#include "vulkan/formats/iq_rows.h"

namespace lares::vulkan::blocks {

struct IQ2_S : Iq2Rows<IQ2_S> {
    static constexpr const char* kName = "IQ2_S";
    static constexpr std::uint32_t kGgmlType = 22;
    static constexpr std::uint32_t kBlockElements = 256;
    static constexpr std::uint32_t kBlockBytes = 82;

    static IqBlock expand(const std::byte* block) {
        IqBlock out;
        for (std::size_t i = 0; i < 32; ++i) {
            const unsigned high = byteAt(block, 66 + i / 4) >> (i % 4 * 2) & 3;
            out.put(i * 8, 8, 2, kIq2SGrid[byteAt(block, 2 + i) | high << 8], byteAt(block, 34 + i));
        }
        for (std::size_t g = 0; g < 16; ++g) out.scales[g] = byteAt(block, 74 + g / 2) >> (g % 2 * 4) & 15;
        return out;
    }
};

}  // namespace lares::vulkan::blocks

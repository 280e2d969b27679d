// IQ2_XS: blocks of 256 elements in 16 groups of 16. In the file: f16 d, 32 words of 16 bits, each an index into a grid
// of 512 (the low 9 bits) and seven bits of signs (the eighth makes the number of negative ones even) for eight
// elements, 8 bytes of scales s (two groups a byte, the first in the low half). Element = d * (s + 1/2) / 4 * (8, 25 or
// 43). 74 bytes; packed 1.43 times as many.
//
// Packed: see iq_rows.h.
#pragma once

#include "vulkan/formats/iq_rows.h"

namespace lares::vulkan::blocks {

struct IQ2_XS : Iq2Rows<IQ2_XS> {
    static constexpr const char* kName = "IQ2_XS";
    static constexpr std::uint32_t kGgmlType = 17;
    static constexpr std::uint32_t kBlockElements = 256;
    static constexpr std::uint32_t kBlockBytes = 74;

    static IqBlock expand(const std::byte* block) {
        IqBlock out;
        for (std::size_t i = 0; i < 32; ++i) {
            const unsigned word = readU16(block + 2 + i * 2);
            out.put(i * 8, 8, 2, kIq2XsGrid[word & 511], evenSigns(word >> 9));
        }
        for (std::size_t g = 0; g < 16; ++g) out.scales[g] = byteAt(block, 66 + g / 2) >> (g % 2 * 4) & 15;
        return out;
    }
};

}  // namespace lares::vulkan::blocks

// IQ2_XXS: blocks of 256 elements in 8 groups of 32. In the file: f16 d, then for each group 4 bytes, one index into a
// grid of 256 for each eight elements, and a word with four times seven bits of signs (the eighth makes the number of
// negative ones even) and, in the top 4 bits, the scale s. Element = d * (s + 1/2) / 4 * (8, 25 or 43). 66 bytes;
// packed 1.61 times as many.
//
// Packed: see iq_rows.h.
#pragma once

#include "vulkan/formats/iq_rows.h"

namespace lares::vulkan::blocks {

struct IQ2_XXS : Iq2Rows<IQ2_XXS> {
    static constexpr const char* kName = "IQ2_XXS";
    static constexpr std::uint32_t kGgmlType = 16;
    static constexpr std::uint32_t kBlockElements = 256;
    static constexpr std::uint32_t kBlockBytes = 66;

    static IqBlock expand(const std::byte* block) {
        IqBlock out;
        for (std::size_t group = 0; group < 8; ++group) {
            const std::byte* const indices = block + 2 + group * 8;
            const std::uint32_t signs = readU32(indices + 4);
            for (std::size_t i = 0; i < 4; ++i) {
                out.put(group * 32 + i * 8, 8, 2, kIq2XxsGrid[byteAt(indices, i)], evenSigns(signs >> (i * 7) & 127));
            }
            out.scales[group * 2] = out.scales[group * 2 + 1] = static_cast<std::uint8_t>(signs >> 28);
        }
        return out;
    }
};

}  // namespace lares::vulkan::blocks

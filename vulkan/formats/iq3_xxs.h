// IQ3_XXS: blocks of 256 elements in 8 groups of 32. In the file: f16 d; 64 bytes, an index into a grid of 256 for each
// four elements; for each group a word with four times seven bits of signs (the eighth makes the number of negative
// ones even) and, in the top 4 bits, the scale s. Element = d * (s + 1/2) / 2 * (4, 12, 20, 28, 36, 44, 52 or 62). 98
// bytes; packed 1.39 times as many.
//
// Packed: see iq_rows.h.
#pragma once

#include "vulkan/formats/iq_rows.h"

namespace lares::vulkan::blocks {

struct IQ3_XXS : Iq3Rows<IQ3_XXS> {
    static constexpr const char* kName = "IQ3_XXS";
    static constexpr std::uint32_t kGgmlType = 18;
    static constexpr std::uint32_t kBlockElements = 256;
    static constexpr std::uint32_t kBlockBytes = 98;
    static constexpr float kValues[8] = {4, 12, 20, 28, 36, 44, 52, 62};
    static float factor(float d, float scale) { return d * (scale + 0.5f) * 0.5f; }

    static IqBlock expand(const std::byte* block) {
        IqBlock out;
        for (std::size_t group = 0; group < 8; ++group) {
            const std::uint32_t word = readU32(block + 66 + group * 4);
            for (std::size_t i = 0; i < 8; ++i) {
                const unsigned signs = evenSigns(word >> (i / 2 * 7) & 127) >> (i % 2 * 4);
                out.put(group * 32 + i * 4, 4, 4, kIq3XxsGrid[byteAt(block, 2 + group * 8 + i)], signs);
            }
            out.scales[group] = static_cast<std::uint8_t>(word >> 28);
        }
        return out;
    }
};

}  // namespace lares::vulkan::blocks

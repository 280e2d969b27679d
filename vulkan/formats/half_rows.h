// The packed layout of formats with one 16-bit number per element (F16, BF16): one plane of 256 bytes per chunk, where
// 16-byte word w*4 + lane holds the lane's eight elements of word w: four of the first half, four of the second.
#pragma once

#include "vulkan/formats/block_io.h"

namespace lares::vulkan::blocks {

inline std::uint32_t packedHalfRowBytes(std::uint32_t columns) {
    return chunksOf(columns) * 256;
}

inline void packHalfRow(const std::byte* fileRow, std::uint32_t columns, std::byte* packed) {
    const auto fourElements = [&](std::uint32_t first) {
        const ElementPlace at = placeOf(first);
        return packed + std::size_t{at.chunk} * 256 + (at.word * 4 + at.lane) * 16 + at.half * 8;
    };
    const std::uint32_t whole = columns / 4 * 4;
    for (std::uint32_t e = 0; e < whole; e += 4) std::memcpy(fourElements(e), fileRow + std::size_t{e} * 2, 8);
    for (std::uint32_t e = whole; e < chunksOf(columns) * 128; e += 4) {
        std::byte four[8] = {};
        if (e < columns) std::memcpy(four, fileRow + std::size_t{e} * 2, (columns - e) * 2);
        std::memcpy(fourElements(e), four, 8);
    }
}

}  // namespace lares::vulkan::blocks

// Planes of 1, 2 or 4 bits per element, which most packed layouts consist of. One plane of b bits takes 16 b bytes for
// a chunk, 4 b for each lane in turn: of the lane's four elements (w, h, 0..3) of formats.h, with k = 2 w + h, element
// i has bits k*b % 8 and up in byte i of the lane's 4-byte word k*b / 8. So one shift and one mask give a shader four
// elements, each in a byte. Included by the format headers only.
#pragma once

#include "vulkan/formats/block_io.h"

#include <array>

namespace lares::vulkan::blocks {

/// A small whole number for each element of a chunk, one in each byte: the four elements 4n .. 4n+3 in word n.
using ChunkCodes = std::array<std::uint32_t, 32>;

/// The codes of a chunk from fours(w, l): those of elements w*32 + l + 0..3 as the bytes of a word.
template <typename Fours>
ChunkCodes chunkCodes(Fours&& fours) {
    ChunkCodes codes;
    for (std::uint32_t w = 0; w < 4; ++w) {
        for (std::uint32_t l = 0; l < 32; l += 4) codes[w * 8 + l / 4] = fours(w, l);
    }
    return codes;
}

/// Writes the chunk's part of a plane of kBits bits: bits `shift` and up of every code, whatever lies around them.
template <unsigned kBits>
void packBits(const ChunkCodes& codes, unsigned shift, std::byte* plane) {
    constexpr std::uint32_t kMask = 0x01010101u * ((1u << kBits) - 1);
    for (std::uint32_t lane = 0; lane < 4; ++lane) {
        std::array<std::uint32_t, kBits> words{};
        for (std::uint32_t k = 0; k < 8; ++k) {
            words[k * kBits / 8] |= (codes[k * 4 + lane] >> shift & kMask) << (k * kBits % 8);
        }
        std::memcpy(plane + lane * sizeof words, words.data(), sizeof words);
    }
}

/// Fills up a plane of `used` bytes to the 16 that the next one, or the next row, starts on.
inline void clearToNext16(std::byte* plane, std::uint32_t used) {
    std::memset(plane + used, 0, roundUp16(used) - used);
}

}  // namespace lares::vulkan::blocks

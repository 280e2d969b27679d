// Q4_0: blocks of 32 elements. In the file: f16 d, 16 bytes of nibbles; element j = d * (low nibble j - 8), element
// j + 16 = d * (high nibble j - 8). 18 bytes, so blocks lie on odd halves of words.
//
// Packed, per chunk of four blocks: 64 bytes of nibbles, where the 16-byte word of lane j holds bytes 4j .. 4j+3 of
// each of the four blocks, the nibbles stored less 8 (as numbers with sign, so that zero bytes mean zero); then, in a
// plane of its own, the four f16 scales. 72 bytes per chunk, as in the file.
#pragma once

#include "vulkan/formats/block_io.h"

namespace lares::vulkan::blocks {

struct Q4_0 {
    static constexpr const char* kName = "Q4_0";
    static constexpr std::uint32_t kGgmlType = 2;
    static constexpr std::uint32_t kBlockElements = 32;
    static constexpr std::uint32_t kBlockBytes = 18;

    static void dequantize(const std::byte* blocks, float* out, std::size_t blockCount) {
        for (std::size_t b = 0; b < blockCount; ++b, blocks += kBlockBytes, out += kBlockElements) {
            const float d = halfToFloat(readU16(blocks));
            for (std::size_t j = 0; j < 16; ++j) {
                const int quants = static_cast<int>(byteAt(blocks, 2 + j));
                out[j] = d * static_cast<float>((quants & 15) - 8);
                out[j + 16] = d * static_cast<float>((quants >> 4) - 8);
            }
        }
    }

    static std::uint32_t packedRowBytes(std::uint32_t columns) {
        return chunksOf(columns) * 64 + roundUp16(chunksOf(columns) * 8);
    }

    static void packRow(const std::byte* fileRow, std::uint32_t columns, std::byte* packed) {
        constexpr std::uint32_t kFlipSigns = 0x88888888u;
        const std::uint32_t blocks = columns / kBlockElements;
        std::byte* const scales = packed + std::size_t{chunksOf(columns)} * 64;
        if (columns % 128 != 0) std::memset(scales - 64, 0, 64);
        std::memset(scales + std::size_t{blocks} * 2, 0, packedRowBytes(columns) - chunksOf(columns) * 64 - blocks * 2);
        for (std::uint32_t b = 0; b < blocks; ++b, fileRow += kBlockBytes) {
            std::memcpy(scales + std::size_t{b} * 2, fileRow, 2);
            std::byte* const nibbles = packed + std::size_t{b / 4} * 64 + b % 4 * 4;
            for (std::uint32_t lane = 0; lane < 4; ++lane) {
                std::uint32_t word;
                std::memcpy(&word, fileRow + 2 + lane * 4, 4);
                word ^= kFlipSigns;
                std::memcpy(nibbles + lane * 16, &word, 4);
            }
        }
    }
};

}  // namespace lares::vulkan::blocks

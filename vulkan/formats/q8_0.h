// Q8_0: blocks of 32 elements. In the file: f16 d, 32 signed bytes; element j = d * byte j. 34 bytes.
//
// Packed, per chunk of four blocks: 128 bytes of numbers, where the 16-byte word h*4 + lane holds the lane's elements
// of words 2h and 2h+1 (two times two groups of four); then, in a plane of its own, the four f16 scales. 136 bytes per
// chunk, as in the file.
#pragma once

#include "vulkan/formats/block_io.h"

namespace lares::vulkan::blocks {

struct Q8_0 {
    static constexpr const char* kName = "Q8_0";
    static constexpr std::uint32_t kGgmlType = 8;
    static constexpr std::uint32_t kBlockElements = 32;
    static constexpr std::uint32_t kBlockBytes = 34;

    static void dequantize(const std::byte* blocks, float* out, std::size_t blockCount) {
        for (std::size_t b = 0; b < blockCount; ++b, blocks += kBlockBytes, out += kBlockElements) {
            const float d = halfToFloat(readU16(blocks));
            for (std::size_t j = 0; j < 32; ++j)
                out[j] = d * static_cast<float>(static_cast<std::int8_t>(blocks[2 + j]));
        }
    }

    static std::uint32_t packedRowBytes(std::uint32_t columns) {
        return chunksOf(columns) * 128 + roundUp16(chunksOf(columns) * 8);
    }

    static void packRow(const std::byte* fileRow, std::uint32_t columns, std::byte* packed) {
        const std::uint32_t blocks = columns / kBlockElements;
        std::byte* const scales = packed + std::size_t{chunksOf(columns)} * 128;
        if (columns % 128 != 0) std::memset(scales - 128, 0, 128);
        std::memset(scales + std::size_t{blocks} * 2, 0,
                    packedRowBytes(columns) - chunksOf(columns) * 128 - blocks * 2);
        for (std::uint32_t b = 0; b < blocks; ++b, fileRow += kBlockBytes) {
            std::memcpy(scales + std::size_t{b} * 2, fileRow, 2);
            std::byte* const numbers = packed + std::size_t{b / 4} * 128 + b % 4 / 2 * 64 + b % 2 * 8;
            for (std::uint32_t lane = 0; lane < 4; ++lane) {
                std::memcpy(numbers + lane * 16, fileRow + 2 + lane * 4, 4);
                std::memcpy(numbers + lane * 16 + 4, fileRow + 2 + 16 + lane * 4, 4);
            }
        }
    }
};

}  // namespace lares::vulkan::blocks

// Q6_K: blocks of 256 elements in 16 groups of 16. In the file: 128 bytes with the low 4 bits, 64 bytes with the high
// 2, 16 signed bytes of scales, f16 d; element = d * scale * (q - 32). For each half of 128 elements and l = 0..31:
// elements l, l+32, l+64, l+96 have the low bits in the low nibble of byte l, of byte l+32, the high nibble of byte l,
// of byte l+32, and the high bits in bits 0, 2, 4, 6 of byte l of the high plane. 210 bytes.
//
// Packed, per chunk of half a block, all q stored less 32 (with sign, in 6 bits, so that zero bytes mean zero):
//   64 bytes of low bits, as Q4_K's nibbles;
//   32 bytes of high bits: lane j has two words, for w = 0, 1 and w = 2, 3; bits 2*(w%2*2 + h) of its byte i belong to
//     element (w, h, i);
//   8 bytes of scales, as they are;
// and one f16 d for two chunks. Each of the four is a plane of its own. 210 bytes per block, as in the file, and at
// most 14 more per row.
#pragma once

#include "vulkan/formats/block_io.h"

namespace lares::vulkan::blocks {

struct Q6_K {
    static constexpr const char* kName = "Q6_K";
    static constexpr std::uint32_t kGgmlType = 14;
    static constexpr std::uint32_t kBlockElements = 256;
    static constexpr std::uint32_t kBlockBytes = 210;

    static void dequantize(const std::byte* blocks, float* out, std::size_t blockCount) {
        for (std::size_t b = 0; b < blockCount; ++b, blocks += kBlockBytes, out += kBlockElements) {
            const float d = halfToFloat(readU16(blocks + 208));
            for (std::size_t e = 0; e < 256; ++e) {
                const float scale = d * static_cast<float>(static_cast<std::int8_t>(blocks[192 + e / 16]));
                out[e] = scale * static_cast<float>(static_cast<int>(sixBits(blocks, e)) - 32);
            }
        }
    }

    static std::uint32_t packedRowBytes(std::uint32_t columns) {
        return columns / kBlockElements * 208 + roundUp16(columns / kBlockElements * 2);
    }

    static void packRow(const std::byte* fileRow, std::uint32_t columns, std::byte* packed) {
        const std::uint32_t blocks = columns / kBlockElements;
        std::byte* const highPlane = packed + std::size_t{blocks} * 128;
        std::byte* const scalePlane = highPlane + std::size_t{blocks} * 64;
        std::byte* const factorPlane = scalePlane + std::size_t{blocks} * 16;
        std::memset(factorPlane + std::size_t{blocks} * 2, 0, roundUp16(blocks * 2) - blocks * 2);
        for (std::uint32_t b = 0; b < blocks; ++b, fileRow += kBlockBytes) {
            for (std::uint32_t half = 0; half < 2; ++half) {
                packChunk(fileRow + half * 64, fileRow + 128 + half * 32, packed + std::size_t{b} * 128 + half * 64,
                          highPlane + std::size_t{b} * 64 + half * 32);
            }
            std::memcpy(scalePlane + std::size_t{b} * 16, fileRow + 192, 16);
            std::memcpy(factorPlane + std::size_t{b} * 2, fileRow + 208, 2);
        }
    }

 private:
    static unsigned sixBits(const std::byte* block, std::size_t element) {
        const std::size_t half = element / 128, quarter = element / 32 % 4, l = element % 32;
        const unsigned low = byteAt(block, half * 64 + quarter % 2 * 32 + l) >> (quarter / 2 * 4) & 15;
        const unsigned high = byteAt(block, 128 + half * 32 + l) >> (quarter * 2) & 3;
        return low | high << 4;
    }

    static std::uint32_t fourBytes(const std::byte* bytes) {
        std::uint32_t word;
        std::memcpy(&word, bytes, 4);
        return word;
    }

    /// Half a block: 64 bytes of low bits and 32 of high bits, four elements at a time.
    static void packChunk(const std::byte* low, const std::byte* high, std::byte* lowOut, std::byte* highOut) {
        constexpr std::uint32_t kLowHalves = 0x0f0f0f0fu, kTwoBits = 0x03030303u, kFlipSigns = 0x02020202u;
        for (std::uint32_t lane = 0; lane < 4; ++lane) {
            std::uint32_t highWords[2] = {};
            for (std::uint32_t w = 0; w < 4; ++w) {
                std::uint32_t lowWord = 0;
                for (std::uint32_t h = 0; h < 2; ++h) {
                    const std::uint32_t l = h * 16 + lane * 4;
                    lowWord |= (fourBytes(low + w % 2 * 32 + l) >> (w / 2 * 4) & kLowHalves) << (h * 4);
                    const std::uint32_t bits = (fourBytes(high + l) >> (w * 2) & kTwoBits) ^ kFlipSigns;
                    highWords[w / 2] |= bits << (w % 2 * 4 + h * 2);
                }
                std::memcpy(lowOut + lane * 16 + w * 4, &lowWord, 4);
            }
            std::memcpy(highOut + lane * 8, highWords, 8);
        }
    }
};

}  // namespace lares::vulkan::blocks

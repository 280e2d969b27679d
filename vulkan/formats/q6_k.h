// Q6_K: blocks of 256 elements in 16 groups of 16. In the file: 128 bytes with the low 4 bits, 64 bytes with the high
// 2, 16 signed bytes of scales, f16 d; element = d * scale * (q - 32). For each half of 128 elements and l = 0..31:
// elements l, l+32, l+64, l+96 have the low bits in the low nibble of byte l, of byte l+32, the high nibble of byte l,
// of byte l+32, and the high bits in bits 0, 2, 4, 6 of byte l of the high plane. 210 bytes.
//
// Packed, per chunk of half a block, all q stored less 32 (with sign, in 6 bits, so that zero bytes mean zero):
//   64 bytes of low bits and 32 of high bits (planes of 4 and of 2 bits, see bit_planes.h);
//   8 bytes of scales, as they are;
// and one f16 d for two chunks. Each of the four is a plane of its own. 210 bytes per block, as in the file, and at
// most 14 more per row.
#pragma once

#include "vulkan/formats/bit_planes.h"

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
        constexpr std::uint32_t kFlipSigns = 0x02020202u;
        const std::uint32_t blocks = columns / kBlockElements;
        std::byte* const highPlane = packed + std::size_t{blocks} * 128;
        std::byte* const scalePlane = highPlane + std::size_t{blocks} * 64;
        std::byte* const factorPlane = scalePlane + std::size_t{blocks} * 16;
        for (std::uint32_t b = 0; b < blocks; ++b, fileRow += kBlockBytes) {
            for (std::uint32_t half = 0; half < 2; ++half) {
                const std::byte* const low = fileRow + half * 64;
                const std::byte* const high = fileRow + 128 + half * 32;
                packBits<4>(chunkCodes([&](auto w, auto l) { return readU32(low + w % 2 * 32 + l) >> (w / 2 * 4); }), 0,
                            packed + std::size_t{b} * 128 + half * 64);
                packBits<2>(chunkCodes([&](auto w, auto l) { return readU32(high + l) >> (w * 2) ^ kFlipSigns; }), 0,
                            highPlane + std::size_t{b} * 64 + half * 32);
            }
            std::memcpy(scalePlane + std::size_t{b} * 16, fileRow + 192, 16);
            std::memcpy(factorPlane + std::size_t{b} * 2, fileRow + 208, 2);
        }
        clearToNext16(factorPlane, blocks * 2);
    }

 private:
    static unsigned sixBits(const std::byte* block, std::size_t element) {
        const std::size_t half = element / 128, quarter = element / 32 % 4, l = element % 32;
        const unsigned low = byteAt(block, half * 64 + quarter % 2 * 32 + l) >> (quarter / 2 * 4) & 15;
        const unsigned high = byteAt(block, 128 + half * 32 + l) >> (quarter * 2) & 3;
        return low | high << 4;
    }
};

}  // namespace lares::vulkan::blocks

// Q2_K: blocks of 256 elements in 16 groups of 16. In the file: 16 bytes with the scale s (low half) and the minimum m
// (high half) of each group, 64 bytes of numbers, f16 d, f16 dmin; element = d * s * q - dmin * m, q of 0..3. For each
// half of 128 elements and l = 0..31, elements l, l+32, l+64, l+96 are bits 0, 2, 4, 6 of the half's byte l. 84 bytes.
//
// Packed, per chunk of half a block: 32 bytes of numbers (a plane of 2 bits, see bit_planes.h); 8 bytes of scales and
// minimums, as they are; and d and dmin, 4 bytes for two chunks. Each of the three is a plane of its own. 84 bytes per
// block, as in the file, and at most 12 more per row.
#pragma once

#include "vulkan/formats/bit_planes.h"

namespace lares::vulkan::blocks {

struct Q2_K {
    static constexpr const char* kName = "Q2_K";
    static constexpr std::uint32_t kGgmlType = 10;
    static constexpr std::uint32_t kBlockElements = 256;
    static constexpr std::uint32_t kBlockBytes = 84;

    static void dequantize(const std::byte* blocks, float* out, std::size_t blockCount) {
        for (std::size_t b = 0; b < blockCount; ++b, blocks += kBlockBytes, out += kBlockElements) {
            const float d = halfToFloat(readU16(blocks + 80));
            const float dmin = halfToFloat(readU16(blocks + 82));
            for (std::size_t e = 0; e < 256; ++e) {
                const unsigned group = byteAt(blocks, e / 16);
                const unsigned q = byteAt(blocks, 16 + e / 128 * 32 + e % 32) >> (e / 32 % 4 * 2) & 3;
                out[e] =
                    d * static_cast<float>(group & 15) * static_cast<float>(q) - dmin * static_cast<float>(group >> 4);
            }
        }
    }

    static std::uint32_t packedRowBytes(std::uint32_t columns) {
        return columns / kBlockElements * 80 + roundUp16(columns / kBlockElements * 4);
    }

    static void packRow(const std::byte* fileRow, std::uint32_t columns, std::byte* packed) {
        const std::uint32_t blocks = columns / kBlockElements;
        std::byte* const groupPlane = packed + std::size_t{blocks} * 64;
        std::byte* const factorPlane = groupPlane + std::size_t{blocks} * 16;
        for (std::uint32_t b = 0; b < blocks; ++b, fileRow += kBlockBytes) {
            for (std::uint32_t half = 0; half < 2; ++half) {
                const std::byte* const numbers = fileRow + 16 + half * 32;
                packBits<2>(chunkCodes([&](auto w, auto l) { return readU32(numbers + l) >> (w * 2); }), 0,
                            packed + std::size_t{b} * 64 + half * 32);
            }
            std::memcpy(groupPlane + std::size_t{b} * 16, fileRow, 16);
            std::memcpy(factorPlane + std::size_t{b} * 4, fileRow + 80, 4);
        }
        clearToNext16(factorPlane, blocks * 4);
    }
};

}  // namespace lares::vulkan::blocks

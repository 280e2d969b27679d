// Q3_K: blocks of 256 elements in 16 groups of 16. In the file: 32 bytes with the third bits, 64 bytes with the low
// two, 12 bytes with the 6-bit scales, f16 d; element = d * (scale - 32) * (q - 4). The low two bits lie as in Q2_K;
// the third of element e is bit e/32 of byte e%32. Scale g has its low half in the low (g < 8) or high half of byte
// g%8, its top two bits in bits g/4*2 of byte 8 + g%4. 110 bytes.
//
// Packed, per chunk of half a block: 32 bytes of low bits and 16 of third bits (planes of 2 and of 1 bit, see
// bit_planes.h), q stored less 4, with sign; 8 bytes of scales less 32, with sign; and d, 2 bytes for two chunks. Each
// is a plane of its own. 114 bytes per block (1.04 times the file's), and at most 14 more per row.
#pragma once

#include "vulkan/formats/bit_planes.h"

namespace lares::vulkan::blocks {

struct Q3_K {
    static constexpr const char* kName = "Q3_K";
    static constexpr std::uint32_t kGgmlType = 11;
    static constexpr std::uint32_t kBlockElements = 256;
    static constexpr std::uint32_t kBlockBytes = 110;

    static void dequantize(const std::byte* blocks, float* out, std::size_t blockCount) {
        for (std::size_t b = 0; b < blockCount; ++b, blocks += kBlockBytes, out += kBlockElements) {
            const float d = halfToFloat(readU16(blocks + 108));
            for (std::size_t e = 0; e < 256; ++e) {
                const unsigned low = byteAt(blocks, 32 + e / 128 * 32 + e % 32) >> (e / 32 % 4 * 2) & 3;
                const unsigned third = byteAt(blocks, e % 32) >> (e / 32) & 1;
                out[e] = d * static_cast<float>(scaleOf(blocks + 96, e / 16)) *
                         static_cast<float>(static_cast<int>(low | third << 2) - 4);
            }
        }
    }

    static std::uint32_t packedRowBytes(std::uint32_t columns) {
        return columns / kBlockElements * 112 + roundUp16(columns / kBlockElements * 2);
    }

    static void packRow(const std::byte* fileRow, std::uint32_t columns, std::byte* packed) {
        const std::uint32_t blocks = columns / kBlockElements;
        std::byte* const thirdPlane = packed + std::size_t{blocks} * 64;
        std::byte* const scalePlane = thirdPlane + std::size_t{blocks} * 32;
        std::byte* const factorPlane = scalePlane + std::size_t{blocks} * 16;
        for (std::uint32_t b = 0; b < blocks; ++b, fileRow += kBlockBytes) {
            for (std::uint32_t half = 0; half < 2; ++half) {
                const std::byte* const low = fileRow + 32 + half * 32;
                packBits<2>(chunkCodes([&](auto w, auto l) { return readU32(low + l) >> (w * 2); }), 0,
                            packed + std::size_t{b} * 64 + half * 32);
                packBits<1>(chunkCodes([&](auto w, auto l) { return ~readU32(fileRow + l) >> (half * 4 + w); }), 0,
                            thirdPlane + std::size_t{b} * 32 + half * 16);
            }
            std::byte scales[16];
            for (std::size_t g = 0; g < 16; ++g) scales[g] = static_cast<std::byte>(scaleOf(fileRow + 96, g));
            std::memcpy(scalePlane + std::size_t{b} * 16, scales, 16);
            std::memcpy(factorPlane + std::size_t{b} * 2, fileRow + 108, 2);
        }
        clearToNext16(factorPlane, blocks * 2);
    }

 private:
    /// Of group g, less 32.
    static int scaleOf(const std::byte* scales, std::size_t g) {
        const unsigned low = byteAt(scales, g % 8) >> (g / 8 * 4) & 15;
        const unsigned high = byteAt(scales, 8 + g % 4) >> (g / 4 * 2) & 3;
        return static_cast<int>(low | high << 4) - 32;
    }
};

}  // namespace lares::vulkan::blocks

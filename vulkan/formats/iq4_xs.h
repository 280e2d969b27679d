// IQ4_XS: blocks of 256 elements in 8 groups of 32. In the file: f16 d, a 16-bit word with the top two bits of the
// 6-bit scales (of group g in bits 2g), 4 bytes with their low halves (two groups a byte, the first in the low half),
// 128 bytes of nibbles, each 16 those of one group: its first half low, its second high. Element = d * (scale - 32) *
// value of the nibble (iq4_values.h). 136 bytes.
//
// Packed, per chunk of four groups: 64 bytes of nibbles (a plane of 4 bits, see bit_planes.h), the indices stored less
// 8, with sign; then, in a plane of its own, the 8 bytes of d and scales as they are, one for two chunks. 136 bytes per
// block, as in the file, and at most 8 more per row.
#pragma once

#include "vulkan/formats/bit_planes.h"
#include "vulkan/formats/iq4_values.h"

namespace lares::vulkan::blocks {

struct IQ4_XS {
    static constexpr const char* kName = "IQ4_XS";
    static constexpr std::uint32_t kGgmlType = 23;
    static constexpr std::uint32_t kBlockElements = 256;
    static constexpr std::uint32_t kBlockBytes = 136;

    static void dequantize(const std::byte* blocks, float* out, std::size_t blockCount) {
        for (std::size_t b = 0; b < blockCount; ++b, blocks += kBlockBytes, out += kBlockElements) {
            const float d = halfToFloat(readU16(blocks));
            const unsigned topBits = readU16(blocks + 2);
            for (std::size_t group = 0; group < 8; ++group) {
                const unsigned low = byteAt(blocks, 4 + group / 2) >> (group % 2 * 4) & 15;
                const unsigned scale = low | (topBits >> (group * 2) & 3) << 4;
                const float factor = d * static_cast<float>(static_cast<int>(scale) - 32);
                for (std::size_t j = 0; j < 32; ++j) {
                    const unsigned nibble = byteAt(blocks, 8 + group * 16 + j % 16) >> (j / 16 * 4) & 15;
                    out[group * 32 + j] = factor * kIq4Values[nibble];
                }
            }
        }
    }

    static std::uint32_t packedRowBytes(std::uint32_t columns) {
        return columns / kBlockElements * 128 + roundUp16(columns / kBlockElements * 8);
    }

    static void packRow(const std::byte* fileRow, std::uint32_t columns, std::byte* packed) {
        constexpr std::uint32_t kFlipSigns = 0x08080808u;
        const std::uint32_t blocks = columns / kBlockElements;
        std::byte* const headers = packed + std::size_t{blocks} * 128;
        for (std::uint32_t b = 0; b < blocks; ++b, fileRow += kBlockBytes) {
            std::memcpy(headers + std::size_t{b} * 8, fileRow, 8);
            for (std::uint32_t half = 0; half < 2; ++half) {
                const std::byte* const nibbles = fileRow + 8 + half * 64;
                packBits<4>(chunkCodes([&](auto w, auto l) {
                                return readU32(nibbles + w * 16 + l % 16) >> (l / 16 * 4) ^ kFlipSigns;
                            }),
                            0, packed + std::size_t{b} * 128 + half * 64);
            }
        }
        clearToNext16(headers, blocks * 8);
    }
};

}  // namespace lares::vulkan::blocks

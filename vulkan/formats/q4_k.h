// Q4_K: blocks of 256 elements in 8 groups of 32. In the file: f16 d, f16 dmin, 12 bytes with a 6-bit scale s and a
// 6-bit minimum m for each group, 128 bytes of nibbles; element = d * s * nibble - dmin * m. Groups 2g and 2g+1 are the
// low and the high nibbles of bytes 32g .. 32g+31. Scales: groups 0..3 are the low 6 bits of bytes 0..3 (s) and 4..7
// (m); of groups 4..7 the low half bytes of bytes 8..11 (s) and the high ones (m), with the top two bits in the top
// bits of bytes 0..3 and 4..7. 144 bytes.
//
// Packed, per chunk of four groups: 64 bytes of nibbles in the order of formats.h (lane j's word w: low nibbles the
// first half, high nibbles the second); then, in a plane of its own, the 16 bytes of d, dmin and scales as they are,
// one for two chunks. 144 bytes per block, as in the file.
#pragma once

#include "vulkan/formats/block_io.h"

namespace lares::vulkan::blocks {

struct Q4_K {
    static constexpr const char* kName = "Q4_K";
    static constexpr std::uint32_t kGgmlType = 12;
    static constexpr std::uint32_t kBlockElements = 256;
    static constexpr std::uint32_t kBlockBytes = 144;

    static void dequantize(const std::byte* blocks, float* out, std::size_t blockCount) {
        for (std::size_t b = 0; b < blockCount; ++b, blocks += kBlockBytes, out += kBlockElements) {
            const float d = halfToFloat(readU16(blocks));
            const float dmin = halfToFloat(readU16(blocks + 2));
            const std::byte* const scales = blocks + 4;
            for (std::size_t group = 0; group < 8; ++group) {
                unsigned s, m;
                if (group < 4) {
                    s = byteAt(scales, group) & 63;
                    m = byteAt(scales, group + 4) & 63;
                } else {
                    s = (byteAt(scales, group + 4) & 15) | (byteAt(scales, group - 4) >> 6) << 4;
                    m = (byteAt(scales, group + 4) >> 4) | (byteAt(scales, group) >> 6) << 4;
                }
                const float scale = d * static_cast<float>(s);
                const float minimum = dmin * static_cast<float>(m);
                for (std::size_t j = 0; j < 32; ++j) {
                    const unsigned quants = byteAt(blocks, 16 + group / 2 * 32 + j);
                    const unsigned nibble = group % 2 == 0 ? quants & 15 : quants >> 4;
                    out[group * 32 + j] = scale * static_cast<float>(nibble) - minimum;
                }
            }
        }
    }

    static std::uint32_t packedRowBytes(std::uint32_t columns) { return columns / kBlockElements * kBlockBytes; }

    static void packRow(const std::byte* fileRow, std::uint32_t columns, std::byte* packed) {
        const std::uint32_t blocks = columns / kBlockElements;
        std::byte* const headers = packed + std::size_t{blocks} * 128;
        for (std::uint32_t b = 0; b < blocks; ++b, fileRow += kBlockBytes) {
            std::memcpy(headers + std::size_t{b} * 16, fileRow, 16);
            for (std::uint32_t group = 0; group < 8; ++group) {
                const std::uint32_t shift = group % 2 * 4;
                std::byte* const nibbles = packed + std::size_t{b} * 128 + group / 4 * 64 + group % 4 * 4;
                for (std::uint32_t lane = 0; lane < 4; ++lane) {
                    std::uint32_t first, second;  // the lane's bytes of the group's two halves
                    std::memcpy(&first, fileRow + 16 + group / 2 * 32 + lane * 4, 4);
                    std::memcpy(&second, fileRow + 16 + group / 2 * 32 + 16 + lane * 4, 4);
                    const std::uint32_t word = (first >> shift & 0x0f0f0f0fu) | (second >> shift & 0x0f0f0f0fu) << 4;
                    std::memcpy(nibbles + lane * 16, &word, 4);
                }
            }
        }
    }
};

}  // namespace lares::vulkan::blocks

// Q4_K: blocks of 256 elements in 8 groups of 32. In the file: f16 d, f16 dmin, 12 bytes with a 6-bit scale s and a
// 6-bit minimum m for each group (k_scales.h), 128 bytes of nibbles; element = d * s * nibble - dmin * m. Groups 2g and
// 2g+1 are the low and the high nibbles of bytes 32g .. 32g+31. 144 bytes.
//
// Packed, per chunk of four groups: 64 bytes of nibbles (a plane of 4 bits, see bit_planes.h); then, in a plane of its
// own, the 16 bytes of d, dmin and scales as they are, one for two chunks. 144 bytes per block, as in the file.
#pragma once

#include "vulkan/formats/bit_planes.h"
#include "vulkan/formats/k_scales.h"

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
            for (std::size_t group = 0; group < 8; ++group) {
                const auto [s, m] = scaleAndMinimum(blocks + 4, group);
                for (std::size_t j = 0; j < 32; ++j) {
                    const unsigned q = byteAt(blocks, 16 + group / 2 * 32 + j) >> (group % 2 * 4) & 15;
                    out[group * 32 + j] =
                        d * static_cast<float>(s) * static_cast<float>(q) - dmin * static_cast<float>(m);
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
            for (std::uint32_t half = 0; half < 2; ++half) {
                const std::byte* const nibbles = fileRow + 16 + half * 64;
                packBits<4>(
                    chunkCodes([&](auto w, auto l) { return readU32(nibbles + w / 2 * 32 + l) >> (w % 2 * 4); }), 0,
                    packed + std::size_t{b} * 128 + half * 64);
            }
        }
    }
};

}  // namespace lares::vulkan::blocks

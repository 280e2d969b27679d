// Q5_K: blocks of 256 elements in 8 groups of 32. In the file: f16 d, f16 dmin, 12 bytes with a 6-bit scale s and a
// 6-bit minimum m for each group (k_scales.h), 32 bytes with the fifth bits, 128 bytes of nibbles; element = d * s * q
// - dmin * m, q of 0..31. Nibbles as in Q4_K; the fifth bit of element e is bit e/32 of byte e%32. 176 bytes.
//
// Packed, per chunk of four groups: 64 bytes of nibbles and 16 of fifth bits (planes of 4 and of 1 bit, see
// bit_planes.h); then, in a plane of its own, the 16 bytes of d, dmin and scales as they are, one for two chunks. 176
// bytes per block, as in the file.
#pragma once

#include "vulkan/formats/bit_planes.h"
#include "vulkan/formats/k_scales.h"

namespace lares::vulkan::blocks {

struct Q5_K {
    static constexpr const char* kName = "Q5_K";
    static constexpr std::uint32_t kGgmlType = 13;
    static constexpr std::uint32_t kBlockElements = 256;
    static constexpr std::uint32_t kBlockBytes = 176;

    static void dequantize(const std::byte* blocks, float* out, std::size_t blockCount) {
        for (std::size_t b = 0; b < blockCount; ++b, blocks += kBlockBytes, out += kBlockElements) {
            const float d = halfToFloat(readU16(blocks));
            const float dmin = halfToFloat(readU16(blocks + 2));
            for (std::size_t group = 0; group < 8; ++group) {
                const auto [s, m] = scaleAndMinimum(blocks + 4, group);
                for (std::size_t j = 0; j < 32; ++j) {
                    const unsigned nibble = byteAt(blocks, 48 + group / 2 * 32 + j) >> (group % 2 * 4) & 15;
                    const unsigned q = nibble | (byteAt(blocks, 16 + j) >> group & 1) << 4;
                    out[group * 32 + j] =
                        d * static_cast<float>(s) * static_cast<float>(q) - dmin * static_cast<float>(m);
                }
            }
        }
    }

    static std::uint32_t packedRowBytes(std::uint32_t columns) { return columns / kBlockElements * kBlockBytes; }

    static void packRow(const std::byte* fileRow, std::uint32_t columns, std::byte* packed) {
        const std::uint32_t blocks = columns / kBlockElements;
        std::byte* const fifthPlane = packed + std::size_t{blocks} * 128;
        std::byte* const headers = fifthPlane + std::size_t{blocks} * 32;
        for (std::uint32_t b = 0; b < blocks; ++b, fileRow += kBlockBytes) {
            std::memcpy(headers + std::size_t{b} * 16, fileRow, 16);
            for (std::uint32_t half = 0; half < 2; ++half) {
                const std::byte* const nibbles = fileRow + 48 + half * 64;
                packBits<4>(
                    chunkCodes([&](auto w, auto l) { return readU32(nibbles + w / 2 * 32 + l) >> (w % 2 * 4); }), 0,
                    packed + std::size_t{b} * 128 + half * 64);
                packBits<1>(chunkCodes([&](auto w, auto l) { return readU32(fileRow + 16 + l) >> (half * 4 + w); }), 0,
                            fifthPlane + std::size_t{b} * 32 + half * 16);
            }
        }
    }
};

}  // namespace lares::vulkan::blocks

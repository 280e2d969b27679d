// What the IQ2 and IQ3 formats share. In the file an element is a sign and a size out of a few, and the sizes of eight
// (or four) elements together are one index into a grid of allowed combinations (iq_grids.h). A shader that looked them
// up would load from memory for every few elements; so the grids are expanded when weights are packed, to a code for
// each element: its size n >= 0, or -1 - n for a negative element.
//
// The trade: 2.1 to 3.4 bits per element in the file become 3.3 (IQ2) or 4.25 (IQ3) on the device, 1.24 to 1.61 times
// as many bytes, about as many as Q3_K or IQ4_XS take, for unpacking as fast as theirs.
//
// Packed, IQ2, per chunk of half a block: 32 bytes with the low two bits of the codes and 16 with their signs (planes
// of 2 and of 1 bit, see bit_planes.h); 4 bytes with a scale of 4 bits for each group of 16; and d, 2 bytes for two
// chunks. Each is a plane of its own. 106 bytes per block, and at most 22 more per row. Packed, IQ3, per chunk: 64
// bytes of codes (a plane of 4 bits); and 8 bytes for two chunks: d, two zero bytes, a scale of 4 bits for each group
// of 32. 136 bytes per block, and at most 8 more per row.
#pragma once

#include "vulkan/formats/bit_planes.h"
#include "vulkan/formats/iq_grids.h"

namespace lares::vulkan::blocks {

/// A block of 256 elements, expanded.
struct IqBlock {
    std::uint8_t codes[256];  ///< size n, or its complement for a negative element
    std::uint8_t scales[16];  ///< of 4 bits, for each 16 elements (IQ2) or for each 32 (IQ3)

    /// `count` elements from `first`: their sizes, `bits` each, and their signs, one bit each.
    void put(std::size_t first, std::size_t count, unsigned bits, unsigned sizes, unsigned signs) {
        for (std::size_t i = 0; i < count; ++i) {
            const unsigned size = sizes >> (i * bits) & ((1u << bits) - 1);
            codes[first + i] = static_cast<std::uint8_t>((signs >> i & 1) != 0 ? ~size : size);
        }
    }

    std::uint32_t four(std::size_t first) const {
        std::uint32_t word;
        std::memcpy(&word, codes + first, 4);
        return word;
    }
};

/// Eight signs in seven bits: the number of negative ones is even.
inline unsigned evenSigns(unsigned seven) {
    return seven | static_cast<unsigned>(std::popcount(seven) & 1) << 7;
}

/// Type::expand(block) reads a block, Type::factor(d, scale) is what a value is multiplied with, Type::kValues the
/// values.
template <typename Type, std::size_t kGroup>
void dequantizeIq(const std::byte* blocks, float* out, std::size_t blockCount) {
    for (std::size_t b = 0; b < blockCount; ++b, blocks += Type::kBlockBytes, out += 256) {
        const float d = halfToFloat(readU16(blocks));
        const IqBlock block = Type::expand(blocks);
        for (std::size_t e = 0; e < 256; ++e) {
            const unsigned code = block.codes[e];
            const float value = Type::kValues[code < 128 ? code : 255 - code];
            const std::uint8_t scale = block.scales[e / kGroup];
            out[e] = Type::factor(d, scale) * (code < 128 ? value : -value);
        }
    }
}

template <typename Type>
struct Iq2Rows {
    static constexpr float kValues[3] = {8, 25, 43};
    static float factor(float d, float scale) { return d * (scale + 0.5f) * 0.25f; }

    static void dequantize(const std::byte* blocks, float* out, std::size_t blockCount) {
        dequantizeIq<Type, 16>(blocks, out, blockCount);
    }

    static std::uint32_t packedRowBytes(std::uint32_t columns) {
        const std::uint32_t blocks = columns / 256;
        return blocks * 96 + roundUp16(blocks * 8) + roundUp16(blocks * 2);
    }

    static void packRow(const std::byte* fileRow, std::uint32_t columns, std::byte* packed) {
        const std::uint32_t blocks = columns / 256;
        std::byte* const signPlane = packed + std::size_t{blocks} * 64;
        std::byte* const scalePlane = signPlane + std::size_t{blocks} * 32;
        std::byte* const factorPlane = scalePlane + roundUp16(blocks * 8);
        for (std::uint32_t b = 0; b < blocks; ++b, fileRow += Type::kBlockBytes) {
            const IqBlock block = Type::expand(fileRow);
            for (std::uint32_t half = 0; half < 2; ++half) {
                const ChunkCodes codes =
                    chunkCodes([&](auto w, auto l) { return block.four(half * 128 + w * 32 + l); });
                packBits<2>(codes, 0, packed + std::size_t{b} * 64 + half * 32);
                packBits<1>(codes, 7, signPlane + std::size_t{b} * 32 + half * 16);
            }
            std::byte scales[8];
            for (std::size_t g = 0; g < 8; ++g) {
                scales[g] = static_cast<std::byte>(block.scales[2 * g] | block.scales[2 * g + 1] << 4);
            }
            std::memcpy(scalePlane + std::size_t{b} * 8, scales, 8);
            std::memcpy(factorPlane + std::size_t{b} * 2, fileRow, 2);
        }
        clearToNext16(scalePlane, blocks * 8);
        clearToNext16(factorPlane, blocks * 2);
    }
};

template <typename Type>
struct Iq3Rows {
    static void dequantize(const std::byte* blocks, float* out, std::size_t blockCount) {
        dequantizeIq<Type, 32>(blocks, out, blockCount);
    }

    static std::uint32_t packedRowBytes(std::uint32_t columns) {
        return columns / 256 * 128 + roundUp16(columns / 256 * 8);
    }

    static void packRow(const std::byte* fileRow, std::uint32_t columns, std::byte* packed) {
        const std::uint32_t blocks = columns / 256;
        std::byte* const headers = packed + std::size_t{blocks} * 128;
        for (std::uint32_t b = 0; b < blocks; ++b, fileRow += Type::kBlockBytes) {
            const IqBlock block = Type::expand(fileRow);
            for (std::uint32_t half = 0; half < 2; ++half) {
                packBits<4>(chunkCodes([&](auto w, auto l) { return block.four(half * 128 + w * 32 + l); }), 0,
                            packed + std::size_t{b} * 128 + half * 64);
            }
            std::byte header[8] = {fileRow[0], fileRow[1]};
            for (std::size_t g = 0; g < 4; ++g) {
                header[4 + g] = static_cast<std::byte>(block.scales[2 * g] | block.scales[2 * g + 1] << 4);
            }
            std::memcpy(headers + std::size_t{b} * 8, header, 8);
        }
        clearToNext16(headers, blocks * 8);
    }
};

}  // namespace lares::vulkan::blocks

// The packed layout of formats whose blocks of 32 elements end with 16 bytes of nibbles, elements 0..15 in the low and
// 16..31 in the high halves: in the file, a header (scales), for some a word with the fifth bits, the nibbles.
//
// Packed, per chunk of four blocks: 64 bytes of nibbles (a plane of 4 bits, see bit_planes.h: the 16-byte word of lane
// j holds bytes 4j .. 4j+3 of each of the four blocks); 16 bytes of fifth bits where there are any (a plane of 1 bit);
// then, in a plane of their own, the four headers as they are. As many bytes as in the file, and at most 14 more per
// row.
#pragma once

#include "vulkan/formats/bit_planes.h"

#include <algorithm>

namespace lares::vulkan::blocks {

/// kSigned: the numbers are stored less half their range, with sign (that is, with the top bit flipped).
template <std::uint32_t kHeaderBytes, bool kFifthBits, bool kSigned>
struct NibbleRows {
    static std::uint32_t packedRowBytes(std::uint32_t columns) {
        return chunksOf(columns) * kQuantBytes + roundUp16(chunksOf(columns) * 4 * kHeaderBytes);
    }

    static void packRow(const std::byte* fileRow, std::uint32_t columns, std::byte* packed) {
        const std::uint32_t chunks = chunksOf(columns);
        std::byte* const fifthPlane = packed + std::size_t{chunks} * 64;
        std::byte* const headerPlane = packed + std::size_t{chunks} * kQuantBytes;
        for (std::uint32_t chunk = 0; chunk < chunks; ++chunk) {
            std::uint32_t nibbles[4][4] = {}, fifth[4] = {};
            std::byte headers[4 * kHeaderBytes] = {};
            for (std::uint32_t w = 0; w < std::min(4u, columns / 32 - chunk * 4); ++w, fileRow += kBlockBytes) {
                std::memcpy(headers + w * kHeaderBytes, fileRow, kHeaderBytes);
                for (std::uint32_t lane = 0; lane < 4; ++lane) {
                    nibbles[lane][w] = readU32(fileRow + kBlockBytes - 16 + lane * 4) ^ kNibbleFlip;
                    if constexpr (kFifthBits) {
                        const std::uint32_t bits = readU32(fileRow + kHeaderBytes) ^ kFifthFlip;
                        fifth[lane] |= (oneInEachByte(bits >> lane * 4) | oneInEachByte(bits >> (16 + lane * 4)) << 1)
                                       << (w * 2);
                    }
                }
            }
            std::memcpy(packed + std::size_t{chunk} * 64, nibbles, 64);
            if constexpr (kFifthBits) std::memcpy(fifthPlane + std::size_t{chunk} * 16, fifth, 16);
            std::memcpy(headerPlane + std::size_t{chunk} * sizeof headers, headers, sizeof headers);
        }
        clearToNext16(headerPlane, chunks * 4 * kHeaderBytes);
    }

 private:
    static constexpr std::uint32_t kBlockBytes = kHeaderBytes + (kFifthBits ? 4 : 0) + 16;
    static constexpr std::uint32_t kQuantBytes = kFifthBits ? 80 : 64;
    static constexpr std::uint32_t kNibbleFlip = kSigned && !kFifthBits ? 0x88888888u : 0;
    static constexpr std::uint32_t kFifthFlip = kSigned ? ~0u : 0;

    /// Bits 0..3 to the lowest bits of bytes 0..3.
    static std::uint32_t oneInEachByte(std::uint32_t bits) { return (bits & 15) * 0x00204081u & 0x01010101u; }
};

}  // namespace lares::vulkan::blocks

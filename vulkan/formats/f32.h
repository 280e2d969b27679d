// F32: IEEE single precision, no blocks, so rows of any length.
// Packed: one plane, the row as it is, filled up to whole chunks: lane j loads words j, j+4, .. j+28 of the chunk.
#pragma once

#include "vulkan/formats/block_io.h"

namespace lares::vulkan::blocks {

struct F32 {
    static constexpr const char* kName = "F32";
    static constexpr std::uint32_t kGgmlType = 0;
    static constexpr std::uint32_t kBlockElements = 1;
    static constexpr std::uint32_t kBlockBytes = 4;

    static void dequantize(const std::byte* blocks, float* out, std::size_t blockCount) {
        std::memcpy(out, blocks, blockCount * sizeof(float));
    }

    static std::uint32_t packedRowBytes(std::uint32_t columns) { return chunksOf(columns) * 512; }

    static void packRow(const std::byte* fileRow, std::uint32_t columns, std::byte* packed) {
        std::memcpy(packed, fileRow, std::size_t{columns} * 4);
        std::memset(packed + std::size_t{columns} * 4, 0, packedRowBytes(columns) - std::size_t{columns} * 4);
    }
};

}  // namespace lares::vulkan::blocks

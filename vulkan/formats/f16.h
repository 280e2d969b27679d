// F16: IEEE half precision, no blocks, so rows of any length. Packed: see half_rows.h.
#pragma once

#include "vulkan/formats/half_rows.h"

namespace lares::vulkan::blocks {

struct F16 {
    static constexpr const char* kName = "F16";
    static constexpr std::uint32_t kGgmlType = 1;
    static constexpr std::uint32_t kBlockElements = 1;
    static constexpr std::uint32_t kBlockBytes = 2;

    static void dequantize(const std::byte* blocks, float* out, std::size_t blockCount) {
        for (std::size_t i = 0; i < blockCount; ++i) out[i] = halfToFloat(readU16(blocks + i * 2));
    }

    static std::uint32_t packedRowBytes(std::uint32_t columns) { return packedHalfRowBytes(columns); }

    static void packRow(const std::byte* fileRow, std::uint32_t columns, std::byte* packed) {
        packHalfRow(fileRow, columns, packed);
    }
};

}  // namespace lares::vulkan::blocks

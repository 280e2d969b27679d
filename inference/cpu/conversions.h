// From the formats of model files (vulkan/formats) to the layouts that the kernels compute with, and back to numbers
// for lookups. A format that is not listed in conversions.cpp is computed as f32.
#pragma once

#include "inference/cpu/layouts.h"
#include "vulkan/formats/formats.h"

namespace lares::inference::cpu {

/// What the layout alone does not say of a matrix.
struct Conversion {
    Layout layout = Layout::f32;
    const std::int8_t* codebook = nullptr;  ///< of Numbers::codes: sixteen bytes
    /// One block of the file taken apart; null for float layouts.
    struct Block;
    void (*split)(const std::byte* block, Block& out) = nullptr;
};

Conversion conversionFor(const vulkan::Format& format);

/// Packs up to eight rows of a file, one behind the other, as one group; rows that are missing become zero. `group` has
/// groupBytes(layout, columns).
void packGroup(const Conversion& conversion, const vulkan::Format& format, std::uint32_t columns,
               const std::byte* fileRows, std::uint32_t rowCount, std::byte* group);

/// The values of one row of a group.
void unpackRow(const Conversion& conversion, const std::byte* group, std::uint32_t columns, std::uint32_t row,
               float* out);

}  // namespace lares::inference::cpu

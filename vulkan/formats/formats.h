// The weight formats that the shaders read: how a block lies in a GGUF file, what it means, and how rows are laid out
// on the device. Not here: the shaders' side (the .glsl beside each format's .h) and file reading.
//
// Packed layout, common to all formats. A row is cut into chunks of 128 elements (the last one filled up with zeros).
// Each format gives a row one or more planes, one after the other, each starting on 16 bytes, so that one lane of a
// shader loads whole 128-bit words. Four neighbouring lanes read one chunk: lane j (0..3) holds the elements
//     chunk*128 + w*32 + h*16 + j*4 + i      with w 0..3, h 0..1, i 0..3
// and unpacks them word by word (one w: two vec4). Because lanes step by four elements, reads of the activations are
// as contiguous as those of the weights. The same bytes serve matrix-vector, tiled matrix product and embedding lookup.
//
// A format is one .h (a struct like blocks::Q4_0) and one .glsl, listed in formats.cmake; nothing else knows its name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace lares::vulkan {

inline constexpr std::uint32_t kChunkElements = 128;

struct Format {
    const char* name;             ///< as people write it: "Q4_0"
    std::uint32_t ggmlType;       ///< tensor type id in a GGUF file
    std::uint32_t blockElements;  ///< a row in the file holds a multiple of this
    std::uint32_t blockBytes;     ///< one block in the file
    std::uint32_t index;          ///< place in formats()

    /// Values of `blockCount` file blocks; `out` holds blockCount * blockElements floats. Any bit pattern is allowed: a
    /// scale that is infinite or not a number gives infinite or NaN elements, in that block alone.
    void (*dequantize)(const std::byte* blocks, float* out, std::size_t blockCount);

    /// Bytes of a packed row of `columns` elements, a multiple of 16.
    std::uint32_t (*packedRowBytes)(std::uint32_t columns);

    /// One row of the file (columns / blockElements blocks) to its packed form; writes all packedRowBytes(columns)
    /// bytes.
    void (*packRow)(const std::byte* fileRow, std::uint32_t columns, std::byte* packed);

    /// Bytes of one row in the file. `columns` is a multiple of blockElements.
    std::uint64_t fileRowBytes(std::uint32_t columns) const {
        return std::uint64_t{columns / blockElements} * blockBytes;
    }
};

/// All formats, in the order of formats.cmake.
std::span<const Format> formats();

/// The format of a GGUF tensor type, or null when the shaders do not know it.
const Format* formatByType(std::uint32_t ggmlType);

/// By name ("Q4_0"), or null.
const Format* formatByName(std::string_view name);

}  // namespace lares::vulkan

// The weight types a GGUF file may name, with the size of their blocks. Not the layout inside a block: that belongs to
// vulkan/formats. Ids and sizes: enum ggml_type of the ggml project (August 2026).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace lares::inference {

struct GgmlType {
    std::uint32_t id;
    std::string_view name;  ///< as people write it: "Q4_K"
    std::uint32_t
        blockElements;         ///< elements of a row that share one block; 0: a type that was removed from the format
    std::uint32_t blockBytes;  ///< bytes of one block in the file
};

/// Every id that has ever been given out, in rising order, removed ones included.
std::span<const GgmlType> ggmlTypes();

/// nullptr for an id that was never given out.
const GgmlType* ggmlType(std::uint32_t id);

}  // namespace lares::inference

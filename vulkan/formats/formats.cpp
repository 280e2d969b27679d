// The table of formats, made from the list in formats.cmake.
#include "vulkan/formats/formats.h"

#include "vulkan/format_table.h"

#include <array>

namespace lares::vulkan {

namespace {

using namespace blocks;

template <typename Block>
constexpr Format describe() {
    return {Block::kName,      Block::kGgmlType,      Block::kBlockElements, Block::kBlockBytes, 0,
            Block::dequantize, Block::packedRowBytes, Block::packRow};
}

const auto kTable = [] {
    std::array table{LARES_DESCRIBE_FORMATS};
    for (std::uint32_t i = 0; i < table.size(); ++i) table[i].index = i;
    return table;
}();

}  // namespace

std::span<const Format> formats() {
    return kTable;
}

const Format* formatByType(std::uint32_t ggmlType) {
    for (const Format& format : kTable) {
        if (format.ggmlType == ggmlType) return &format;
    }
    return nullptr;
}

const Format* formatByName(std::string_view name) {
    for (const Format& format : kTable) {
        if (format.name == name) return &format;
    }
    return nullptr;
}

}  // namespace lares::vulkan

// Layer norm: out = (in - mean) / sqrt(variance + epsilon) * weight + bias, row by row. Row r has the weights of row
// r % weightRows: norms of single heads (query and key norms) have rows = tokens * heads, width = head size, and
// weights of their own for each head (weightRows = heads) or the same for all (weightRows = 1).
#pragma once

#include "vulkan/runtime/buffer.h"

#include <cstdint>
#include <optional>

namespace lares::vulkan {

class CommandList;
class Device;

struct LayerNormArgs {
    BufferView in;                   ///< f32 [rows, width]
    BufferView weight;               ///< f32 [weightRows, width]
    std::optional<BufferView> bias;  ///< f32 [weightRows, width]
    BufferView out;                  ///< f32 [rows, width]; may be `in` itself
    std::uint32_t rows = 0;
    std::uint32_t width = 0;
    std::uint32_t weightRows = 1;
    float epsilon = 0;
};

void recordLayerNorm(CommandList& commands, Device& device, const LayerNormArgs& args);

}  // namespace lares::vulkan

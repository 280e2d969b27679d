// Root mean square norm: out = in / sqrt(mean(in^2) + epsilon) * weight, row by row.
// Norms of single heads (query and key norms) are the same thing with rows = tokens * heads and width = head size.
#pragma once

#include "vulkan/runtime/buffer.h"

#include <cstdint>

namespace lares::vulkan {

class CommandList;
class Device;

struct RmsNormArgs {
    BufferView in;      ///< f32 [rows, width]
    BufferView weight;  ///< f32 [width]
    BufferView out;     ///< f32 [rows, width]; may be `in` itself
    std::uint32_t rows = 0;
    std::uint32_t width = 0;
    float epsilon = 0;
};

void recordRmsNorm(CommandList& commands, Device& device, const RmsNormArgs& args);

}  // namespace lares::vulkan

// Picks rows: out[i] = in[rows[i]].
#pragma once

#include "vulkan/runtime/buffer.h"

#include <cstdint>

namespace lares::vulkan {

class CommandList;
class Device;

struct GatherRowsArgs {
    BufferView in;       ///< f32 [inRows, width]
    BufferView indices;  ///< u32 [count]; an index of inRows or more leaves its row of `out` as it was
    BufferView out;      ///< f32 [count, width]; not `in`
    std::uint32_t inRows = 0;
    std::uint32_t count = 0;
    std::uint32_t width = 0;
};

void recordGatherRows(CommandList& commands, Device& device, const GatherRowsArgs& args);

}  // namespace lares::vulkan

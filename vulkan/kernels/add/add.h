// out = left + right, number by number.
#pragma once

#include "vulkan/runtime/buffer.h"

#include <cstdint>

namespace lares::vulkan {

class CommandList;
class Device;

struct AddArgs {
    BufferView left;   ///< f32 [count]
    BufferView right;  ///< f32 [count]
    BufferView out;    ///< f32 [count]; may be `left` or `right` itself
    std::uint32_t count = 0;
};

void recordAdd(CommandList& commands, Device& device, const AddArgs& args);

}  // namespace lares::vulkan

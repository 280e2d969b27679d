// Keeps numbers below a cap, smoothly: out = cap * tanh(in / cap), number by number.
#pragma once

#include "vulkan/runtime/buffer.h"

#include <cstdint>

namespace lares::vulkan {

class CommandList;
class Device;

struct SoftCapArgs {
    BufferView in;   ///< f32 [count]
    BufferView out;  ///< f32 [count]; may be `in` itself
    std::uint32_t count = 0;
    float cap = 0;  ///< above 0
};

void recordSoftCap(CommandList& commands, Device& device, const SoftCapArgs& args);

}  // namespace lares::vulkan

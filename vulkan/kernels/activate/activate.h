// The middle of a feed-forward block without a gate: out = activation(in), number by number.
#pragma once

#include "vulkan/kernels/activation_type.h"
#include "vulkan/runtime/buffer.h"

#include <cstdint>

namespace lares::vulkan {

class CommandList;
class Device;

struct ActivateArgs {
    BufferView in;   ///< f32 [count]
    BufferView out;  ///< f32 [count]; may be `in` itself
    std::uint32_t count = 0;
    ActivationType activation = ActivationType::geluTanh;
};

void recordActivate(CommandList& commands, Device& device, const ActivateArgs& args);

}  // namespace lares::vulkan

// The middle of a gated feed-forward block: out = activation(gate) * up, number by number. clampedSilu changes `up`,
// too.
#pragma once

#include "vulkan/kernels/activation_type.h"
#include "vulkan/runtime/buffer.h"

#include <cstdint>

namespace lares::vulkan {

class CommandList;
class Device;

struct GatedArgs {
    BufferView gate;  ///< f32 [count]
    BufferView up;    ///< f32 [count]
    BufferView out;   ///< f32 [count]; may be `gate` or `up` itself
    std::uint32_t count = 0;
    ActivationType activation = ActivationType::silu;
};

void recordGated(CommandList& commands, Device& device, const GatedArgs& args);

}  // namespace lares::vulkan

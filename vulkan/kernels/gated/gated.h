// The middle of a gated feed-forward block: out = activation(gate) * up, number by number.
#pragma once

#include "vulkan/runtime/buffer.h"

#include <cstdint>

namespace lares::vulkan {

class CommandList;
class Device;

/// The numbers are those of activation() in gated.comp.
enum class GateActivation : std::uint32_t {
    silu,      ///< x / (1 + exp(-x))
    geluTanh,  ///< x / (1 + exp(-2 sqrt(2/pi) (x + 0.044715 x^3))), the tanh form of GELU
};

struct GatedArgs {
    BufferView gate;  ///< f32 [count]
    BufferView up;    ///< f32 [count]
    BufferView out;   ///< f32 [count]; may be `gate` or `up` itself
    std::uint32_t count = 0;
    GateActivation activation = GateActivation::silu;
};

void recordGated(CommandList& commands, Device& device, const GatedArgs& args);

}  // namespace lares::vulkan

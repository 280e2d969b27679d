// The end of a mixture of experts: out[t] = residual[t] + sum over i of weights[t, i] * in[t * used + i].
#pragma once

#include "vulkan/runtime/buffer.h"

#include <cstdint>

namespace lares::vulkan {

class CommandList;
class Device;

struct CombineExpertsArgs {
    BufferView in;        ///< f32 [rows * used, width]
    BufferView weights;   ///< f32 [rows, used]
    BufferView residual;  ///< f32 [rows, width]
    BufferView out;       ///< f32 [rows, width]; may be `residual` itself
    std::uint32_t rows = 0;
    std::uint32_t width = 0;
    std::uint32_t used = 0;  ///< experts of a row
};

void recordCombineExperts(CommandList& commands, Device& device, const CombineExpertsArgs& args);

}  // namespace lares::vulkan

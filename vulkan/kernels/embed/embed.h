// Embedding lookup: out[t] = row tokens[t] of a weight matrix of any format, as f32, times a factor.
#pragma once

#include "vulkan/kernels/weight_matrix.h"

namespace lares::vulkan {

class CommandList;

struct EmbedArgs {
    BufferView tokens;  ///< u32 [tokenCount]; an id past the table leaves its row of `out` as it was
    BufferView out;     ///< f32 [tokenCount, table.columns]
    std::uint32_t tokenCount = 0;
    float scale = 1.0f;
};

void recordEmbed(CommandList& commands, Device& device, const WeightMatrix& table, const EmbedArgs& args);

}  // namespace lares::vulkan

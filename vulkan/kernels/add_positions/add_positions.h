// Learned positions: adds to row t of a batch the row of a table that belongs to position + t, in place. Or a table of
// one row, to every row alike.
#pragma once

#include "vulkan/runtime/buffer.h"

#include <cstdint>

namespace lares::vulkan {

class CommandList;
class Device;

struct AddPositionsArgs {
    BufferView values;  ///< f32 [rows, width], changed in place
    BufferView table;   ///< f32 [positions, width]
    BufferView step;    ///< StepParams; rows past tokenCount, or at a position past the table, stay as they were
    std::uint32_t rows = 0;
    std::uint32_t width = 0;
    std::uint32_t positions = 0;
    bool sameRow = false;  ///< the first row of the table is added to every row
};

void recordAddPositions(CommandList& commands, Device& device, const AddPositionsArgs& args);

}  // namespace lares::vulkan

// See add_positions.h.
#include "vulkan/kernels/add_positions/add_positions.h"

#include "vulkan/kernels/add_positions/add_positions_params.h"
#include "vulkan/kernels/common/grid.h"
#include "vulkan/kernels/step.h"
#include "vulkan/shaders.h"

#include <cassert>

namespace lares::vulkan {

void recordAddPositions(CommandList& commands, Device& device, const AddPositionsArgs& args) {
    assert(args.values.size >= std::uint64_t{args.rows} * args.width * 4);
    assert(args.table.size >= std::uint64_t{args.positions} * args.width * 4 && args.step.size >= sizeof(StepParams));
    const std::uint32_t size = workgroupSize(device.info(), 128);
    commands.dispatch(device.pipeline(shaders::add_positions, {{size}}),
                      {readWrite(args.values), read(args.table), read(args.step)},
                      AddPositionsParams{args.rows, args.width, args.positions, args.sameRow ? 1u : 0u},
                      linearGroups(divideUp(args.rows * args.width, size)));
}

}  // namespace lares::vulkan

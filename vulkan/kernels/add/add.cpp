// See add.h.
#include "vulkan/kernels/add/add.h"

#include "vulkan/kernels/add/add_params.h"
#include "vulkan/kernels/common/grid.h"
#include "vulkan/shaders.h"

#include <cassert>

namespace lares::vulkan {

void recordAdd(CommandList& commands, Device& device, const AddArgs& args) {
    const std::uint64_t bytes = std::uint64_t{args.count} * 4;
    assert(args.left.size >= bytes && args.right.size >= bytes && args.out.size >= bytes);
    const std::uint32_t size = workgroupSize(device.info(), 128);
    commands.dispatch(device.pipeline(shaders::add, {{size}}), {read(args.left), read(args.right), write(args.out)},
                      AddParams{args.count}, linearGroups(divideUp(args.count, size * 4)));
}

}  // namespace lares::vulkan

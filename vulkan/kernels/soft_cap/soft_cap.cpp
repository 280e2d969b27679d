// See soft_cap.h.
#include "vulkan/kernels/soft_cap/soft_cap.h"

#include "vulkan/kernels/common/grid.h"
#include "vulkan/kernels/soft_cap/soft_cap_params.h"
#include "vulkan/shaders.h"

#include <cassert>

namespace lares::vulkan {

void recordSoftCap(CommandList& commands, Device& device, const SoftCapArgs& args) {
    const std::uint64_t bytes = std::uint64_t{args.count} * 4;
    assert(args.in.size >= bytes && args.out.size >= bytes && args.cap > 0);
    const std::uint32_t size = workgroupSize(device.info(), 128);
    commands.dispatch(device.pipeline(shaders::soft_cap, {{size}}), {read(args.in), write(args.out)},
                      SoftCapParams{args.count, args.cap}, linearGroups(divideUp(args.count, size)));
}

}  // namespace lares::vulkan

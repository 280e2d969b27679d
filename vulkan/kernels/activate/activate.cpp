// See activate.h.
#include "vulkan/kernels/activate/activate.h"

#include "vulkan/kernels/activate/activate_params.h"
#include "vulkan/kernels/common/grid.h"
#include "vulkan/shaders.h"

#include <cassert>

namespace lares::vulkan {

void recordActivate(CommandList& commands, Device& device, const ActivateArgs& args) {
    const std::uint64_t bytes = std::uint64_t{args.count} * 4;
    assert(args.in.size >= bytes && args.out.size >= bytes);
    const std::uint32_t size = workgroupSize(device.info(), 128);
    commands.dispatch(device.pipeline(shaders::activate, {{size, static_cast<std::uint32_t>(args.activation)}}),
                      {read(args.in), write(args.out)}, ActivateParams{args.count},
                      linearGroups(divideUp(args.count, size * 4)));
}

}  // namespace lares::vulkan

// See gated.h.
#include "vulkan/kernels/gated/gated.h"

#include "vulkan/kernels/common/grid.h"
#include "vulkan/kernels/gated/gated_params.h"
#include "vulkan/shaders.h"

#include <cassert>

namespace lares::vulkan {

void recordGated(CommandList& commands, Device& device, const GatedArgs& args) {
    const std::uint64_t bytes = std::uint64_t{args.count} * 4;
    assert(args.gate.size >= bytes && args.up.size >= bytes && args.out.size >= bytes);
    const std::uint32_t size = workgroupSize(device.info(), 128);
    commands.dispatch(device.pipeline(shaders::gated, {{size, static_cast<std::uint32_t>(args.activation)}}),
                      {read(args.gate), read(args.up), write(args.out)}, GatedParams{args.count},
                      linearGroups(divideUp(args.count, size * 4)));
}

}  // namespace lares::vulkan

// See rms_norm.h.
#include "vulkan/kernels/rms_norm/rms_norm.h"

#include "vulkan/kernels/common/grid.h"
#include "vulkan/kernels/rms_norm/rms_norm_params.h"
#include "vulkan/shaders.h"

#include <cassert>

namespace lares::vulkan {

void recordRmsNorm(CommandList& commands, Device& device, const RmsNormArgs& args) {
    const std::uint64_t bytes = std::uint64_t{args.rows} * args.width * 4;
    assert(args.in.size >= bytes && args.out.size >= bytes && args.weight.size >= std::uint64_t{args.width} * 4);
    const std::uint32_t size = workgroupSize(device.info(), args.width);
    commands.dispatch(device.pipeline(shaders::rms_norm, {{size}}), {read(args.in), read(args.weight), write(args.out)},
                      RmsNormParams{args.rows, args.width, args.epsilon}, linearGroups(args.rows));
}

}  // namespace lares::vulkan

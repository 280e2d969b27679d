// See combine_experts.h.
#include "vulkan/kernels/combine_experts/combine_experts.h"

#include "vulkan/kernels/combine_experts/combine_experts_params.h"
#include "vulkan/kernels/common/grid.h"
#include "vulkan/shaders.h"

#include <cassert>

namespace lares::vulkan {

void recordCombineExperts(CommandList& commands, Device& device, const CombineExpertsArgs& args) {
    const std::uint64_t count = std::uint64_t{args.rows} * args.width;
    assert(args.in.size >= count * args.used * 4 && args.residual.size >= count * 4 && args.out.size >= count * 4);
    assert(args.weights.size >= std::uint64_t{args.rows} * args.used * 4);
    const std::uint32_t size = workgroupSize(device.info(), 128);
    commands.dispatch(device.pipeline(shaders::combine_experts, {{size}}),
                      {read(args.in), read(args.weights), read(args.residual), write(args.out)},
                      CombineExpertsParams{args.rows, args.width, args.used},
                      linearGroups(divideUp(static_cast<std::uint32_t>(count), size)));
}

}  // namespace lares::vulkan

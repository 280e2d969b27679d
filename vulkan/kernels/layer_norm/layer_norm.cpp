// See layer_norm.h.
#include "vulkan/kernels/layer_norm/layer_norm.h"

#include "vulkan/kernels/common/grid.h"
#include "vulkan/kernels/layer_norm/layer_norm_params.h"
#include "vulkan/shaders.h"

#include <cassert>

namespace lares::vulkan {

void recordLayerNorm(CommandList& commands, Device& device, const LayerNormArgs& args) {
    const std::uint64_t bytes = std::uint64_t{args.rows} * args.width * 4;
    const std::uint64_t weightBytes = std::uint64_t{args.weightRows} * args.width * 4;
    assert(args.weightRows > 0 && args.in.size >= bytes && args.out.size >= bytes && args.weight.size >= weightBytes);
    assert(!args.bias || args.bias->size >= weightBytes);
    const std::uint32_t size = workgroupSize(device.info(), args.width);
    commands.dispatch(device.pipeline(shaders::layer_norm, {{size}}),
                      {read(args.in), read(args.weight), read(args.bias.value_or(args.weight)), write(args.out)},
                      LayerNormParams{args.rows, args.width, args.weightRows, args.bias ? 1u : 0u, args.epsilon},
                      linearGroups(args.rows));
}

}  // namespace lares::vulkan

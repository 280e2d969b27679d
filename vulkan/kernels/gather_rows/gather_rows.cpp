// See gather_rows.h.
#include "vulkan/kernels/gather_rows/gather_rows.h"

#include "vulkan/kernels/common/grid.h"
#include "vulkan/kernels/gather_rows/gather_rows_params.h"
#include "vulkan/shaders.h"

#include <cassert>

namespace lares::vulkan {

void recordGatherRows(CommandList& commands, Device& device, const GatherRowsArgs& args) {
    assert(args.in.size >= std::uint64_t{args.inRows} * args.width * 4);
    assert(args.indices.size >= std::uint64_t{args.count} * 4);
    assert(args.out.size >= std::uint64_t{args.count} * args.width * 4);
    const std::uint32_t size = workgroupSize(device.info(), 128);
    commands.dispatch(device.pipeline(shaders::gather_rows, {{size}}),
                      {read(args.in), read(args.indices), write(args.out)}, GatherRowsParams{args.inRows, args.width},
                      {args.count, 1, 1});
}

}  // namespace lares::vulkan

// See matmul_shape.h.
#include "vulkan/kernels/matmul/matmul_shape.h"

#include "vulkan/formats/formats.h"
#include "vulkan/kernels/common/grid.h"
#include "vulkan/kernels/matmul/matmul.h"

#include <algorithm>
#include <bit>

namespace lares::vulkan {

MatvecShape matvecShape(const DeviceInfo& device, std::uint32_t chunks, std::uint32_t batch) {
    const DeviceLimits& limits = device.limits;
    const std::uint32_t subgroup = std::clamp(limits.subgroupSize, 4u, 128u);
    // Powers of two: a few columns computed in vain cost less than a pipeline for each number of them.
    MatvecShape shape{subgroup, 4, std::min(std::bit_ceil(batch), kMatvecRows), false};
    if (device.type == DeviceType::software) {
        // Loads cost far more than arithmetic there, and registers nothing: the more each load serves the better. Twice
        // as many rows again would be a quarter faster, and take ten times as long to compile.
        shape.rows = 8;
    } else {
        // Up to four subgroups where the row is long enough to keep them busy; at most 16 sums for a lane.
        if (batch > 4) shape.rows = 2;
        shape.invocations = std::clamp(divideUp(chunks * 4, subgroup) * subgroup, subgroup, std::max(128u, subgroup));
    }
    shape.oneSubgroup = limits.minSubgroupSize == limits.maxSubgroupSize && shape.invocations == limits.subgroupSize;
    return shape;
}

std::uint32_t widthKind(std::uint32_t columns) {
    if (columns % kChunkElements == 0) return 0;
    return columns % 4 == 0 ? 1 : 2;
}

}  // namespace lares::vulkan

// See grid.h.
#include "vulkan/kernels/common/grid.h"

#include <algorithm>

namespace lares::vulkan {

Groups linearGroups(std::uint32_t count) {
    constexpr std::uint32_t kMaxWidth = 32768;
    const std::uint32_t height = divideUp(count, kMaxWidth);
    return {height == 0 ? 0 : divideUp(count, height), height, 1};
}

std::uint32_t workgroupSize(const DeviceInfo& device, std::uint32_t wanted) {
    const std::uint32_t subgroup = std::clamp(device.limits.subgroupSize, 4u, 128u);
    const std::uint32_t most = device.type == DeviceType::software ? 4 * subgroup : 256;
    return divideUp(std::clamp(wanted, subgroup, std::max(most, subgroup)), subgroup) * subgroup;
}

}  // namespace lares::vulkan

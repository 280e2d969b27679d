// See row_product_shape.h.
#include "vulkan/kernels/row_product/row_product_shape.h"

#include "vulkan/formats/formats.h"
#include "vulkan/kernels/common/grid.h"
#include "vulkan/kernels/row_product/row_product.h"

#include <algorithm>
#include <bit>

namespace lares::vulkan {

namespace {

/// For the sums of teams and norms.
constexpr std::uint32_t kOtherSharedBytes = 4608;

}  // namespace

std::uint32_t rowProductSharedBytes(std::uint32_t columns, std::uint32_t batch, bool inBytes) {
    const std::uint32_t chunks = divideUp(columns, kChunkElements);
    return batch * chunks * (kChunkElements * (inBytes ? 1 : 2) + 16) + kOtherSharedBytes;
}

RowProductShape rowProductShape(const DeviceInfo& device, std::uint32_t columns, std::uint32_t unitCount,
                                std::uint32_t batch, bool inBytes) {
    const std::uint32_t subgroup = std::clamp(device.limits.subgroupSize, 8u, 128u);
    const std::uint32_t chunks = divideUp(columns, kChunkElements);
    RowProductShape shape{};
    shape.columns = std::min(std::bit_ceil(batch), kMaxProductRows);
    while (shape.columns > 1 &&
           rowProductSharedBytes(columns, shape.columns, inBytes) > device.limits.maxSharedMemoryBytes) {
        shape.columns /= 2;
    }
    shape.lanes = subgroup;
    const auto depthFor = [&](std::uint32_t most) {
        return std::clamp(divideUp(chunks * 4, subgroup * shape.split), 1u, most);
    };
    if (device.type == DeviceType::software) {
        // Loads cost far more than arithmetic, and a barrier more than both.
        shape.invocations = subgroup;
        shape.units = shape.columns == 1 ? 4 : 2;
        shape.split = 1;
        shape.groups = std::min(8u, divideUp(unitCount, shape.units));
        shape.depth = 1;
        return shape;
    }
    shape.units = 1;
    shape.invocations = std::min(512u, device.limits.maxWorkgroupInvocations) / subgroup * subgroup;
    const std::uint32_t subgroups = shape.invocations / subgroup;
    // Workgroups that fill large devices twice; each reads all activations, so there should not be many more.
    constexpr std::uint32_t kMostGroups = 264;
    // A team as large as the row has chunks for its lanes, and as it takes to have work for all teams.
    const std::uint32_t mostSplit = std::bit_ceil(std::max(1u, divideUp(chunks * 4, subgroup)));
    shape.split = 1;
    while (shape.split < std::min({mostSplit, subgroups, 8u}) &&
           unitCount * shape.split < kMostGroups * subgroups) {
        shape.split *= 2;
    }
    shape.groups = std::min(kMostGroups, divideUp(unitCount, subgroups / shape.split * shape.units));
    shape.depth = depthFor(2);
    return shape;
}

}  // namespace lares::vulkan

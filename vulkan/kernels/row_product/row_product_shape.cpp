// See row_product_shape.h.
#include "vulkan/kernels/row_product/row_product_shape.h"

#include "vulkan/formats/formats.h"
#include "vulkan/kernels/common/grid.h"
#include "vulkan/kernels/row_product/row_product.h"

#include <algorithm>
#include <bit>

namespace lares::vulkan {

namespace {

/// For the sums of norms.
constexpr std::uint32_t kOtherSharedBytes = 512;

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
    if (device.type == DeviceType::software) {
        // Loads cost far more than arithmetic, and a barrier more than both. More rows for each load take seconds to
        // compile, though, which small matrices are not worth.
        constexpr std::uint32_t kWorthCompiling = 300;
        shape.invocations = subgroup;
        shape.units = unitCount < kWorthCompiling ? 1 : shape.columns == 1 ? 4 : 2;
        shape.groups = std::min(8u, divideUp(unitCount, shape.units));
        shape.depth = 1;
        return shape;
    }
    shape.units = 1;
    // Few large workgroups: each reads all activations. These were the best of six on an H200, which has 132
    // multiprocessors, over the shapes of models with 1 and 8 billion weights; splitting rows between subgroups never
    // paid there. Halves want fewer registers, and so less in flight.
    const std::uint32_t wanted = inBytes ? 512 : 256, most = inBytes ? 264 : 400;
    shape.invocations = std::min(wanted, device.limits.maxWorkgroupInvocations) / subgroup * subgroup;
    shape.groups = std::min(most, divideUp(unitCount, shape.invocations / subgroup));
    shape.depth = inBytes ? std::clamp(divideUp(chunks * 4, subgroup), 1u, 2u) : 1;
    return shape;
}

}  // namespace lares::vulkan

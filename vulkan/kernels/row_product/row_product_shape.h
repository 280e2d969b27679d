// How row_product.glsl is specialised for a device and a shape.
#pragma once

#include "vulkan/runtime/device_info.h"

#include <cstdint>

namespace lares::vulkan {

/// Constants of row_product.glsl, and its grid.
struct RowProductShape {
    std::uint32_t invocations;
    std::uint32_t columns;  ///< rows of activations in a workgroup: 1, 2, 4 or 8
    std::uint32_t units;    ///< pairs of weight rows of a subgroup
    std::uint32_t groups;   ///< workgroups; each takes its share of the units
    std::uint32_t lanes;    ///< of a subgroup
    std::uint32_t depth;    ///< chunks of a row that a lane asks for at once
};

/// `inBytes`: activations are rounded to bytes, else to halves.
RowProductShape rowProductShape(const DeviceInfo& device, std::uint32_t columns, std::uint32_t unitCount,
                                std::uint32_t batch, bool inBytes);

/// Shared memory of a workgroup for `batch` rows of activations with `columns` numbers.
std::uint32_t rowProductSharedBytes(std::uint32_t columns, std::uint32_t batch, bool inBytes);

}  // namespace lares::vulkan

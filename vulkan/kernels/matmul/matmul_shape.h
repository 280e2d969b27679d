// How matvec.glsl and matmul.glsl are specialised for a device and a shape; for the recorders that use them.
#pragma once

#include "vulkan/runtime/device_info.h"

#include <cstdint>

namespace lares::vulkan {

/// Constants of matvec.glsl.
struct MatvecShape {
    std::uint32_t invocations;
    std::uint32_t rows;   ///< of weights in a workgroup
    std::uint32_t batch;  ///< rows of activations in a workgroup
    bool oneSubgroup;     ///< certain that the workgroup is one subgroup
};

/// `chunks` of a row of weights, `batch` rows of activations.
MatvecShape matvecShape(const DeviceInfo& device, std::uint32_t chunks, std::uint32_t batch);

/// How rows of `columns` numbers lie: see kWidthKind in matmul_io.glsl.
std::uint32_t widthKind(std::uint32_t columns);

}  // namespace lares::vulkan

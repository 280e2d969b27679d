// How matvec.glsl, matmul.glsl and matmul_coop.glsl are specialised for a device and a shape; for the recorders that
// use them.
#pragma once

#include "vulkan/kernels/matmul/matmul.h"
#include "vulkan/runtime/device_info.h"

#include <cstdint>
#include <span>

namespace lares::vulkan {

class Pipeline;
struct Shader;

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

/// Those that are chosen from, the largest first.
std::span<const CooperativeTile> cooperativeTiles();

/// False where the device has no cooperative matrices, or too little of something.
bool fits(const DeviceInfo& device, const CooperativeTile& tile);

/// For `rows` rows of weights and `batch` rows of activations; with CooperativeTile::batch as given, if that is given.
/// None where none fits the device.
std::optional<CooperativeTile> cooperativeTile(const DeviceInfo& device, std::uint32_t rows, std::uint32_t batch,
                                               std::uint32_t tileBatch = 0);

/// matmul_coop.glsl for rows of a format that lie as `widthKind` says. Throws Error unsupported where it does not fit.
const Pipeline& cooperativePipeline(Device& device, const Shader& shader, const Format& format, std::uint32_t widthKind,
                                    const CooperativeTile& tile);

}  // namespace lares::vulkan

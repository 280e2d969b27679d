// A model's weights on a Vulkan device: matrices packed as vulkan/formats says, vectors as f32.
#pragma once

#include "inference/program/model_definition.h"
#include "vulkan/kernels/weight_matrix.h"
#include "vulkan/runtime/buffer.h"

#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

namespace lares::vulkan {
class Device;
}

namespace lares::inference {

class VulkanWeights {
 public:
    /// Bytes that a weight takes on a device.
    static std::uint64_t sizeBytes(const WeightSource& source);
    static std::uint64_t sizeBytes(std::span<const WeightSource> sources);  ///< all of them

    /// Reads, packs and uploads tensor after tensor; `onBytes` (may be empty) is told the file bytes done so far.
    /// nullopt when `stop` was requested: nothing stays on the device then. Throws Error io, vulkan::Error.
    static std::optional<VulkanWeights> upload(vulkan::Device& device, std::span<const WeightSource> sources,
                                               const std::function<void(std::uint64_t)>& onBytes, std::stop_token stop);

    /// Puts `others` in the place of all from `first` on. Nothing of what goes may still be at work on the device.
    void replaceFrom(WeightId first, VulkanWeights others);

    const vulkan::WeightMatrix& matrix(WeightId id) const;
    vulkan::BufferView vector(WeightId id) const;            ///< f32
    std::span<const float> vectorValues(WeightId id) const;  ///< the same on the host

 private:
    struct Weight {
        WeightShape shape;
        vulkan::WeightMatrix matrix;
        std::vector<float> values;
        vulkan::Buffer buffer;
    };
    std::vector<Weight> m_weights;
};

}  // namespace lares::inference

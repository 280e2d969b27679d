#include "inference/program/vulkan_weights.h"

#include "vulkan/runtime/device.h"
#include "vulkan/runtime/uploader.h"

#include <algorithm>
#include <cassert>
#include <iterator>

namespace lares::inference {

std::uint64_t VulkanWeights::sizeBytes(const WeightSource& source) {
    return source.shape == WeightShape::matrix ? vulkan::packedMatrixBytes(*source.format, source.rows, source.columns)
                                               : std::uint64_t{source.columns} * sizeof(float);
}

std::uint64_t VulkanWeights::sizeBytes(std::span<const WeightSource> sources) {
    std::uint64_t sum = 0;
    for (const WeightSource& source : sources) sum += sizeBytes(source);
    return sum;
}

std::optional<VulkanWeights> VulkanWeights::upload(vulkan::Device& device, std::span<const WeightSource> sources,
                                                   const std::function<void(std::uint64_t)>& onBytes,
                                                   std::stop_token stop) {
    VulkanWeights result;
    vulkan::Uploader uploader(device);
    std::vector<std::byte> bytes;
    std::uint64_t done = 0;
    for (const WeightSource& source : sources) {
        if (stop.stop_requested()) return std::nullopt;
        bytes.resize(source.sizeBytes);
        source.read(0, bytes);
        Weight weight{source.shape, {}, {}, {}};
        if (source.shape == WeightShape::matrix) {
            weight.matrix = vulkan::uploadWeightMatrix(device, uploader, *source.format, source.rows, source.columns,
                                                       bytes, source.name);
        } else {
            weight.values.resize(source.columns);
            source.format->dequantize(bytes.data(), weight.values.data(),
                                      source.columns / source.format->blockElements);
            weight.buffer =
                device.createBuffer(weight.values.size() * sizeof(float), vulkan::MemoryUse::device, source.name);
            uploader.upload(weight.buffer, std::as_bytes(std::span(weight.values)));
        }
        result.m_weights.push_back(std::move(weight));
        done += source.sizeBytes;
        if (onBytes) onBytes(done);
    }
    uploader.flush();
    return result;
}

void VulkanWeights::replaceFrom(WeightId first, VulkanWeights others) {
    assert(first <= m_weights.size());
    m_weights.erase(m_weights.begin() + first, m_weights.end());
    std::ranges::move(others.m_weights, std::back_inserter(m_weights));
}

const vulkan::WeightMatrix& VulkanWeights::matrix(WeightId id) const {
    assert(id < m_weights.size() && m_weights[id].shape == WeightShape::matrix);
    return m_weights[id].matrix;
}

vulkan::BufferView VulkanWeights::vector(WeightId id) const {
    assert(id < m_weights.size() && m_weights[id].shape == WeightShape::vector);
    return m_weights[id].buffer;
}

std::span<const float> VulkanWeights::vectorValues(WeightId id) const {
    assert(id < m_weights.size() && m_weights[id].shape == WeightShape::vector);
    return m_weights[id].values;
}

}  // namespace lares::inference

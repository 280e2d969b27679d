// Internal: descriptor sets of storage buffers, from pools that grow in number. All sets go at once.
#pragma once

#include <span>
#include <vector>

#include "vulkan/runtime/vulkan_call.h"

namespace lares::vulkan {

class DescriptorPools {
 public:
    explicit DescriptorPools(const vk::raii::Device& device) : m_device(&device) {}

    /// A set of the layout with one descriptor per entry of `buffers`; an entry without buffer stays unwritten.
    vk::DescriptorSet set(vk::DescriptorSetLayout layout, std::span<const vk::DescriptorBufferInfo> buffers);
    void clear();  ///< all sets are gone, one pool is kept

 private:
    vk::DescriptorSet allocate(vk::DescriptorSetLayout layout);

    const vk::raii::Device* m_device;
    std::vector<vk::raii::DescriptorPool> m_pools;  ///< the last one has room
};

}  // namespace lares::vulkan

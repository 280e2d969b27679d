#include "vulkan/runtime/descriptor_pools.h"

#include <algorithm>

namespace lares::vulkan {

namespace {

constexpr uint32_t kFirstPoolSets = 32;
constexpr uint32_t kLargestPoolSets = 1024;
constexpr uint32_t kDescriptorsPerSet = 8;  ///< on average; a set with more takes from what others leave
constexpr uint32_t kMaxDescriptorsInSet = 256;

}  // namespace

vk::DescriptorSet DescriptorPools::allocate(vk::DescriptorSetLayout layout) {
    // The plain call and not the raii one: sets are never freed one by one, and a full pool is no error here.
    const auto* dispatcher = m_device->getDispatcher();
    const auto from = [&](const vk::raii::DescriptorPool& pool, vk::DescriptorSet& set) {
        const vk::DescriptorSetAllocateInfo info(*pool, layout);
        return static_cast<vk::Result>(dispatcher->vkAllocateDescriptorSets(
            static_cast<VkDevice>(**m_device), reinterpret_cast<const VkDescriptorSetAllocateInfo*>(&info),
            reinterpret_cast<VkDescriptorSet*>(&set)));
    };
    vk::DescriptorSet set;
    if (!m_pools.empty() && from(m_pools.back(), set) == vk::Result::eSuccess) return set;

    const uint32_t sets = std::min<uint32_t>(kFirstPoolSets << std::min<size_t>(m_pools.size(), 5), kLargestPoolSets);
    const vk::DescriptorPoolSize size(vk::DescriptorType::eStorageBuffer,
                                      sets * kDescriptorsPerSet + kMaxDescriptorsInSet);
    m_pools.emplace_back(*m_device, vk::DescriptorPoolCreateInfo({}, sets, size));
    vk::resultCheck(from(m_pools.back(), set), "vkAllocateDescriptorSets");
    return set;
}

vk::DescriptorSet DescriptorPools::set(vk::DescriptorSetLayout layout,
                                       std::span<const vk::DescriptorBufferInfo> buffers) {
    const vk::DescriptorSet set = allocate(layout);
    std::vector<vk::WriteDescriptorSet> writes;
    for (uint32_t i = 0; i < buffers.size(); ++i) {
        if (!buffers[i].buffer) continue;
        writes.emplace_back(set, i, 0, 1, vk::DescriptorType::eStorageBuffer, nullptr, &buffers[i]);
    }
    m_device->updateDescriptorSets(writes, {});
    return set;
}

void DescriptorPools::clear() {
    if (m_pools.empty()) return;
    std::rotate(m_pools.begin(), m_pools.end() - 1, m_pools.end());  // the last is the largest
    m_pools.erase(m_pools.begin() + 1, m_pools.end());
    m_pools.front().reset();
}

}  // namespace lares::vulkan

#include "vulkan/runtime/memory_types.h"

#include <algorithm>
#include <utility>

namespace lares::vulkan {

namespace {

constexpr VkMemoryPropertyFlags kMappable = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
/// Protected, lazily allocated and AMD's uncached debugging types are nothing for us.
constexpr VkMemoryPropertyFlags kOrdinary =
    kMappable | VK_MEMORY_PROPERTY_HOST_CACHED_BIT | VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;

/// Smaller is better; negative: not usable for this.
int rank(VkMemoryPropertyFlags flags, bool inMainHeap, MemoryUse use) {
    const bool local = flags & VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
    const bool mappable = (flags & kMappable) == kMappable;
    const bool cached = flags & VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
    if (flags & ~kOrdinary) return -1;
    switch (use) {
        case MemoryUse::device:
            // Only the main heap: the 256 MiB window of a card without resizable BAR is not for weights.
            return local && inMainHeap ? (mappable ? 0 : 1) : -1;
        case MemoryUse::upload:
            return mappable ? (local ? 2 : 0) + (cached ? 1 : 0) : -1;
        case MemoryUse::readback:
            return mappable ? (cached ? 0 : 2) + (local ? 1 : 0) : -1;
    }
    return -1;
}

}  // namespace

uint32_t mainHeap(const VkPhysicalDeviceMemoryProperties& memory) {
    uint32_t best = 0;
    for (uint32_t i = 0; i < memory.memoryHeapCount; ++i) {
        const auto& heap = memory.memoryHeaps[i];
        const bool bestIsLocal = memory.memoryHeaps[best].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT;
        const bool isLocal = heap.flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT;
        if (isLocal && (!bestIsLocal || heap.size > memory.memoryHeaps[best].size)) best = i;
    }
    return best;
}

bool hostSeesMainHeap(const VkPhysicalDeviceMemoryProperties& memory) {
    const auto types = memoryTypesFor(memory, MemoryUse::device);
    return !types.empty() && (memory.memoryTypes[types.front()].propertyFlags & kMappable) == kMappable;
}

std::vector<uint32_t> memoryTypesFor(const VkPhysicalDeviceMemoryProperties& memory, MemoryUse use) {
    const uint32_t main = mainHeap(memory);
    std::vector<std::pair<int, uint32_t>> ranked;
    for (uint32_t i = 0; i < memory.memoryTypeCount; ++i) {
        const auto& type = memory.memoryTypes[i];
        const int value = rank(type.propertyFlags, type.heapIndex == main, use);
        if (value >= 0) ranked.emplace_back(value, i);
    }
    std::sort(ranked.begin(), ranked.end());
    std::vector<uint32_t> types;
    for (const auto& [value, index] : ranked) types.push_back(index);
    return types;
}

}  // namespace lares::vulkan

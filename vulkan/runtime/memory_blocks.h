// Internal: device memory, taken from the driver in blocks and handed out in pieces (drivers limit the number of
// allocations, and each costs time). Not thread-safe.
//
// One rule: a request of at most half a block goes into a shared block of its memory type; a larger one gets a block of
// its own. Shared blocks start at 16 MiB and double up to 256 MiB (never more than an eighth of the heap), so a small
// model takes little and a large one wastes little. An empty block goes back to the driver at once. Host-visible blocks
// stay mapped.
#pragma once

#include <list>
#include <string>
#include <vector>

#include "vulkan/runtime/buffer.h"
#include "vulkan/runtime/device_info.h"
#include "vulkan/runtime/range_allocator.h"
#include "vulkan/runtime/vulkan_call.h"

namespace lares::vulkan {

struct MemoryBlock {
    vk::raii::DeviceMemory memory;
    std::byte* mapped = nullptr;
    uint32_t type = 0;
    RangeAllocator ranges;
};

struct MemoryPiece {
    MemoryBlock* block = nullptr;
    uint64_t offset = 0;
    uint64_t size = 0;
    std::byte* mapped() const { return block->mapped ? block->mapped + offset : nullptr; }
};

class MemoryBlocks {
 public:
    MemoryBlocks(const vk::raii::PhysicalDevice& physicalDevice, const vk::raii::Device& device,
                 const DeviceInfo& info);
    ~MemoryBlocks();

    /// Throws Error outOfMemory; `name` is the buffer's, for the sentence.
    MemoryPiece take(const vk::MemoryRequirements& needs, MemoryUse use, const std::string& name);
    void give(const MemoryPiece& piece);

    uint64_t allocatedBytes() const;
    uint64_t freeBytes() const;  ///< of the main heap

 private:
    MemoryBlock* addBlock(uint32_t type, uint64_t size);
    uint64_t sharedBlockBytes(uint32_t type) const;
    [[noreturn]] void throwOutOfMemory(uint64_t size, uint32_t heap, const std::string& name) const;

    const vk::raii::PhysicalDevice& m_physicalDevice;
    const vk::raii::Device& m_device;
    const DeviceInfo& m_info;
    VkPhysicalDeviceMemoryProperties m_memory;
    std::vector<uint64_t> m_allocated;  ///< by heap
    std::list<MemoryBlock> m_blocks;
};

/// Free bytes of one heap as the driver measures them (VK_EXT_memory_budget); never more than the heap's size.
uint64_t measuredFreeBytes(const vk::raii::PhysicalDevice& device, uint32_t heap);

}  // namespace lares::vulkan

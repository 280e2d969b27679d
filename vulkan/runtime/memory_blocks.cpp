#include "vulkan/runtime/memory_blocks.h"

#include <algorithm>
#include <cassert>
#include <numeric>

#include "vulkan/runtime/memory_types.h"

namespace lares::vulkan {

namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;
constexpr uint64_t kFirstBlockBytes = 16 * kMiB;
constexpr uint64_t kLargestBlockBytes = 256 * kMiB;
/// Pieces begin on what every device accepts as the offset of a storage buffer, and on a cache line.
constexpr uint64_t kPieceAlignment = 256;

}  // namespace

MemoryBlocks::MemoryBlocks(const vk::raii::PhysicalDevice& physicalDevice, const vk::raii::Device& device,
                           const DeviceInfo& info)
    : m_physicalDevice(physicalDevice),
      m_device(device),
      m_info(info),
      m_memory(physicalDevice.getMemoryProperties()),
      m_allocated(m_memory.memoryHeapCount, 0) {}

MemoryBlocks::~MemoryBlocks() {
    assert(m_blocks.empty() && "a buffer outlived its device");
}

uint64_t MemoryBlocks::sharedBlockBytes(uint32_t type) const {
    const uint64_t heapBytes = m_memory.memoryHeaps[m_memory.memoryTypes[type].heapIndex].size;
    uint64_t size = kFirstBlockBytes;
    for (const auto& block : m_blocks) {
        if (block.type == type) size = std::max(size, 2 * block.ranges.size());
    }
    return std::min({size, kLargestBlockBytes, std::max(heapBytes / 8, kMiB), m_info.limits.maxAllocationBytes});
}

MemoryBlock* MemoryBlocks::addBlock(uint32_t type, uint64_t size) {
    const auto& properties = m_memory.memoryTypes[type];
    if (size > m_memory.memoryHeaps[properties.heapIndex].size - m_allocated[properties.heapIndex]) return nullptr;
    try {
        vk::raii::DeviceMemory memory(m_device, vk::MemoryAllocateInfo(size, type));
        std::byte* mapped = nullptr;
        if (properties.propertyFlags & VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT) {
            mapped = static_cast<std::byte*>(memory.mapMemory(0, VK_WHOLE_SIZE));
        }
        m_blocks.push_front({std::move(memory), mapped, type, RangeAllocator(size)});
    } catch (const vk::OutOfDeviceMemoryError&) {
        return nullptr;
    } catch (const vk::OutOfHostMemoryError&) {
        return nullptr;
    }
    m_allocated[properties.heapIndex] += size;
    return &m_blocks.front();
}

MemoryPiece MemoryBlocks::take(const vk::MemoryRequirements& needs, MemoryUse use, const std::string& name) {
    const uint64_t alignment = std::max(needs.alignment, kPieceAlignment);
    const auto pieceOf = [&](MemoryBlock& block) {
        const auto offset = block.ranges.take(needs.size, alignment);
        return offset ? MemoryPiece{&block, *offset, needs.size} : MemoryPiece{};
    };
    const auto types = memoryTypesFor(m_memory, use);
    for (const uint32_t type : types) {
        if (!(needs.memoryTypeBits & (1u << type))) continue;
        const uint64_t shared = sharedBlockBytes(type);
        if (needs.size <= shared / 2) {
            for (auto& block : m_blocks) {
                if (block.type != type) continue;
                if (const auto piece = pieceOf(block); piece.block) return piece;
            }
            if (auto* block = addBlock(type, shared)) return pieceOf(*block);
        }
        if (auto* block = addBlock(type, needs.size)) return pieceOf(*block);
    }
    const uint32_t heap = types.empty() ? 0 : m_memory.memoryTypes[types.front()].heapIndex;
    throwOutOfMemory(needs.size, heap, name);
}

void MemoryBlocks::give(const MemoryPiece& piece) {
    piece.block->ranges.give(piece.offset, piece.size);
    if (!piece.block->ranges.empty()) return;
    m_allocated[m_memory.memoryTypes[piece.block->type].heapIndex] -= piece.block->ranges.size();
    m_blocks.remove_if([&](const MemoryBlock& block) { return &block == piece.block; });
}

uint64_t MemoryBlocks::allocatedBytes() const {
    return std::accumulate(m_allocated.begin(), m_allocated.end(), uint64_t{0});
}

uint64_t MemoryBlocks::freeBytes() const {
    const uint32_t heap = mainHeap(m_memory);
    if (m_info.features.memoryBudget) return measuredFreeBytes(m_physicalDevice, heap);
    return m_memory.memoryHeaps[heap].size - m_allocated[heap];
}

void MemoryBlocks::throwOutOfMemory(uint64_t size, uint32_t heap, const std::string& name) const {
    const uint64_t total = m_memory.memoryHeaps[heap].size;
    const uint64_t left = total - std::min(total, m_allocated[heap]);
    throw Error(ErrorKind::outOfMemory,
                "Not enough memory on " + m_info.name + ": " + bytesText(size) + " more are needed, " +
                    bytesText(left) + " of " + bytesText(total) +
                    " are left. A smaller model, a shorter context or fewer layers on the device need less.",
                "buffer " + name + ", " + std::to_string(size) + " bytes; heap " + std::to_string(heap) + ": " +
                    std::to_string(m_allocated[heap]) + " of " + std::to_string(total) +
                    " bytes taken by this program");
}

uint64_t measuredFreeBytes(const vk::raii::PhysicalDevice& device, uint32_t heap) {
    const auto chain =
        device.getMemoryProperties2<vk::PhysicalDeviceMemoryProperties2, vk::PhysicalDeviceMemoryBudgetPropertiesEXT>();
    const auto& budget = chain.get<vk::PhysicalDeviceMemoryBudgetPropertiesEXT>();
    const uint64_t size = chain.get<vk::PhysicalDeviceMemoryProperties2>().memoryProperties.memoryHeaps[heap].size;
    const uint64_t limit = std::min<uint64_t>(budget.heapBudget[heap], size);
    return limit - std::min<uint64_t>(budget.heapUsage[heap], limit);
}

}  // namespace lares::vulkan

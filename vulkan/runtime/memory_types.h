// Which of a device's memory types serve a use, best first. Pure, so that it is tested on tables of real cards.
#pragma once

#include <vulkan/vulkan_core.h>

#include <cstdint>
#include <vector>

#include "vulkan/runtime/buffer.h"

namespace lares::vulkan {

/// The heap that "memory of the device" means: the largest device-local one.
uint32_t mainHeap(const VkPhysicalDeviceMemoryProperties& memory);

/// True for unified memory and resizable BAR: the main heap has a type that the host sees.
bool hostSeesMainHeap(const VkPhysicalDeviceMemoryProperties& memory);

/// Type indexes, best first. Mapped types are always coherent ones (every device has one).
std::vector<uint32_t> memoryTypesFor(const VkPhysicalDeviceMemoryProperties& memory, MemoryUse use);

}  // namespace lares::vulkan

// Internal: what VK_KHR_cooperative_matrix adds to Vulkan, as far as it is used here, for headers older than 1.3.255;
// and which shape a device has. Source: the extension's entry in the Vulkan specification.
#pragma once

#include "vulkan/runtime/vulkan_call.h"

namespace lares::vulkan {

inline constexpr const char* kCooperativeMatrixExtension = "VK_KHR_cooperative_matrix";

/// VkPhysicalDeviceCooperativeMatrixFeaturesKHR
struct CooperativeMatrixFeatures {
    VkStructureType sType = static_cast<VkStructureType>(1000506000);
    void* pNext = nullptr;
    VkBool32 cooperativeMatrix = VK_FALSE;
    VkBool32 cooperativeMatrixRobustBufferAccess = VK_FALSE;
};

/// The size of the matrices that subgroups of this device multiply, f16 with f16 added up as f32, as many rows as
/// columns: 16 where it has it. 0: none. The extension is there, and so is all that it demands.
uint32_t cooperativeMatrixSize(const vk::raii::Instance& instance, const vk::raii::PhysicalDevice& device);

}  // namespace lares::vulkan

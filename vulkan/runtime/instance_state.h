// Internal: what an Instance holds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vulkan/runtime/instance.h"
#include "vulkan/runtime/vulkan_call.h"

namespace lares::vulkan {

struct InstanceState {
    InstanceOptions options;
    std::optional<vk::raii::Context> context;  ///< empty: no loader
    std::optional<vk::raii::Instance> instance;
    std::optional<vk::raii::DebugUtilsMessengerEXT> messenger;
    bool debugUtils = false;
    std::vector<vk::raii::PhysicalDevice> physicalDevices;  ///< by DeviceInfo::enumerationIndex
    std::vector<DeviceInfo> devices;
    std::string whyEmpty;
};

/// Asks the driver everything DeviceInfo holds, except the verdict.
DeviceInfo describeDevice(const vk::raii::Instance& instance, const vk::raii::PhysicalDevice& device,
                          uint32_t enumerationIndex);

}  // namespace lares::vulkan

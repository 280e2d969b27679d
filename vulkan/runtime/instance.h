// The Vulkan loader and the list of devices. Vulkan-Hpp: vk::raii::Context + vk::raii::Instance.
// The loader is opened at run time, so the program starts on a machine without Vulkan and finds an empty list.
// Not thread-safe; an Instance outlives the Devices made from it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "vulkan/runtime/device_info.h"

namespace lares::vulkan {

struct InstanceOptions {
    /// Validation and synchronisation validation. Throws Error validation when the layer is not installed.
    bool validation = false;
    /// Every validation message of warning or error severity, on the thread of the offending call.
    std::function<void(const std::string&)> onMessage;
};

struct InstanceState;

class Instance {
 public:
    explicit Instance(InstanceOptions options = {});
    ~Instance();
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    /// In order of preference, usable or not. Empty when there is no Vulkan; whyEmpty() then says why.
    const std::vector<DeviceInfo>& devices() const;
    const std::string& whyEmpty() const;

    /// Index of the device taken when nobody names one. Throws Error noDevice.
    uint32_t preferredDevice() const;

    bool validationActive() const;

    InstanceState& state() const { return *m_state; }  ///< for vulkan/runtime only

 private:
    std::unique_ptr<InstanceState> m_state;
};

}  // namespace lares::vulkan

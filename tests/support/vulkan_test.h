// What every test on a device starts from: the preferred device, opened with validation and synchronisation validation
// on. Any message fails the test; say so after each test function:
//
//     VulkanTest m_gpu;                                                       // a member of the test class
//     void cleanup() { QVERIFY2(m_gpu.takeMessages().empty(), m_gpu.lastMessages().c_str()); }
//
// A machine without a device fails these tests (lavapipe is a device): the constructor throws.
#pragma once

#include <mutex>
#include <string>
#include <utility>

#include "tests/support/keep_drivers.h"
#include "vulkan/runtime/device.h"
#include "vulkan/runtime/instance.h"

namespace lares::tests {

class VulkanTest {
 public:
    explicit VulkanTest(vulkan::DeviceOptions options = {})
        : m_instance({.validation = true, .onMessage = [this](const std::string& text) { note(text); }}),
          m_device(m_instance, m_instance.preferredDevice(), std::move(options)) {
        keepDriversLoaded();
    }

    vulkan::Instance& instance() { return m_instance; }
    vulkan::Device& device() { return m_device; }

    /// Messages since the last call, one per line.
    std::string takeMessages() {
        const std::lock_guard lock(m_mutex);
        m_last = std::exchange(m_messages, {});
        return m_last;
    }
    std::string lastMessages() const { return m_last; }

 private:
    void note(const std::string& text) {
        const std::lock_guard lock(m_mutex);
        m_messages += text + "\n";
    }

    std::mutex m_mutex;
    std::string m_messages;
    std::string m_last;
    vulkan::Instance m_instance;
    vulkan::Device m_device;
};

}  // namespace lares::tests

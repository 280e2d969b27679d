// What computes: names as given on the command line, reports for people, and the engine's errors for what goes
// wrong in vulkan/.
#pragma once

#include "inference/types.h"
#include "vulkan/runtime/error.h"
#include "vulkan/runtime/instance.h"

namespace lares::inference {

/// As EngineOptions::device and DeviceReport::id name the processor.
inline constexpr const char* kProcessorId = "cpu";

/// `wanted` as in EngineOptions::device; nullopt for the processor. Throws Error noDevice, or badRequest for a name
/// that is none.
std::optional<std::uint32_t> chooseVulkanDevice(const vulkan::Instance& instance, const std::string& wanted);

/// All devices and, last, the processor. `wanted` decides which one is marked as chosen.
std::vector<DeviceReport> reportDevices(const vulkan::Instance& instance, const std::string& wanted);

/// The same sentence under the engine's own kinds.
Error translated(const vulkan::Error& error);

}  // namespace lares::inference

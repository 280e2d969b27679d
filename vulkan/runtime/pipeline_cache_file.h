// The driver's compiled pipelines on disk, one file per device and driver. Pure files, no Vulkan call.
//
// Drivers are known to crash on a cache that is cut off or not theirs, so nothing reaches the driver that is not
// exactly what we wrote. File: 8 bytes "LARESPC1", 8 bytes FNV-1a of the data (little-endian), then the data as Vulkan
// gives it, which begins with VkPipelineCacheHeaderVersionOne (length, version, vendor, device, UUID).
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

#include "vulkan/runtime/device_info.h"

namespace lares::vulkan {

/// "pipelines-<deviceUUID>-<driverUUID>.bin" inside `folder`.
std::filesystem::path pipelineCachePath(const std::filesystem::path& folder, const DeviceInfo& device);

/// Empty when there is no file, or it is damaged, or of another device or driver version.
std::vector<std::byte> readPipelineCache(const std::filesystem::path& path, const DeviceInfo& device);

/// Makes the folder, writes beside the file and renames, so that a reader sees the old file or the new one.
bool writePipelineCache(const std::filesystem::path& path, std::span<const std::byte> data);

}  // namespace lares::vulkan

// An opened device: one compute queue, one timeline semaphore, the memory blocks, the pipelines.
// Vulkan equivalent: VkDevice. Not thread-safe: one thread at a time.
// Outlives its buffers, command lists, uploaders and profilers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "vulkan/runtime/buffer.h"
#include "vulkan/runtime/device_info.h"
#include "vulkan/runtime/error.h"
#include "vulkan/runtime/instance.h"
#include "vulkan/runtime/pipeline.h"

namespace lares::vulkan {

class CommandList;
struct DeviceState;

struct DeviceOptions {
    std::filesystem::path cacheFolder;  ///< where compiled pipelines are kept between runs; empty: nowhere
    bool hostVisibleMemory = true;      ///< false: treat device memory as not host-visible, as on a card without
                                        ///< resizable BAR, so that uploads go through staging
    bool cooperativeMatrices = true;    ///< false: as on a device without; so it is under validation
};

class Device {
 public:
    /// `index` is DeviceInfo::index. Throws Error noDevice (no such device, or not usable: the verdict is the
    /// sentence).
    Device(Instance& instance, uint32_t index, DeviceOptions options = {});
    ~Device();  ///< waits for submitted work and saves the pipeline cache
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;

    const DeviceInfo& info() const;

    /// Contents are undefined. `sizeBytes` >= 1. Throws Error outOfMemory with the numbers in the sentence.
    Buffer createBuffer(uint64_t sizeBytes, MemoryUse use, const std::string& name);

    /// Compiles at the first call, looks up afterwards; the reference stays good as long as the Device.
    /// specConstants[i] is the 32-bit value of `constant_id = i`. Throws Error pipeline or unsupported.
    const Pipeline& pipeline(const Shader& shader, std::span<const uint32_t> specConstants = {},
                             PipelineOptions options = {});

    /// Hands a finished list to the device, in order after everything submitted before, and returns at once with the
    /// timeline value to wait for. A list may be submitted again before its last run has finished.
    uint64_t submit(const CommandList& list);
    uint64_t submit(std::span<const CommandList* const> lists);

    void wait(uint64_t value);  ///< Throws Error deviceLost.
    bool finished(uint64_t value) const;
    void waitIdle();  ///< for everything submitted so far

    /// Of the largest device-local heap: measured where the driver says so, else its size less what we took.
    uint64_t freeMemoryBytes() const;
    uint64_t allocatedBytes() const;  ///< taken from the driver by this Device, all heaps

    /// Writes the pipeline cache if it has grown. False when there is no folder or it cannot be written; the only loss
    /// is time at the next start.
    bool savePipelineCache();

    DeviceState& state() const { return *m_state; }  ///< for vulkan/runtime only

 private:
    std::unique_ptr<DeviceState> m_state;
};

}  // namespace lares::vulkan

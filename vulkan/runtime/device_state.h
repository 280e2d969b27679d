// Internal: what a Device, a Buffer and a Pipeline hold.
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "vulkan/runtime/device.h"
#include "vulkan/runtime/memory_blocks.h"
#include "vulkan/runtime/vulkan_call.h"

namespace lares::vulkan {

struct PipelineState {
    std::string name;
    ShaderInterface interface;
    vk::raii::DescriptorSetLayout setLayout = nullptr;
    vk::raii::PipelineLayout layout = nullptr;
    vk::raii::Pipeline pipeline = nullptr;
};

/// (words, constants, subgroup size, full subgroups)
using PipelineKey = std::tuple<const uint32_t*, std::vector<uint32_t>, uint32_t, bool>;

struct DeviceState {
    DeviceInfo info;
    DeviceOptions options;
    const vk::raii::PhysicalDevice* physicalDevice = nullptr;
    bool debugUtils = false;
    bool timestamps = false;  ///< the queue can write them
    uint64_t timestampMask = 0;
    uint32_t queueFamily = 0;
    vk::raii::Device device = nullptr;
    vk::raii::Queue queue = nullptr;
    vk::raii::Semaphore timeline = nullptr;
    uint64_t submitted = 0;  ///< timeline value of the last submit
    std::unique_ptr<MemoryBlocks> memory;
    vk::raii::PipelineCache pipelineCache = nullptr;
    bool pipelineCacheGrew = false;
    std::map<PipelineKey, std::unique_ptr<Pipeline>> pipelines;

    uint64_t submit(std::span<const vk::CommandBuffer> buffers);  ///< see Device::submit
    void wait(uint64_t value) const;
    bool finished(uint64_t value) const;
    /// For destructors: everything submitted has finished, or the device is lost and nothing runs any more.
    void waitIdleNoThrow() const noexcept;

    template <class Handle>
    void setName(const Handle& handle, const std::string& name) const {
        if (!debugUtils) return;
        const auto raw = reinterpret_cast<uint64_t>(static_cast<typename Handle::CType>(handle));
        device.setDebugUtilsObjectNameEXT({Handle::objectType, raw, name.c_str()});
    }
};

struct BufferState {
    DeviceState* device = nullptr;
    vk::raii::Buffer buffer = nullptr;
    MemoryPiece piece;
    uint64_t size = 0;
    bool mapped = false;
    std::string name;
};

void openDevice(DeviceState& state, const InstanceState& instance);

/// Compiles. Throws Error pipeline or unsupported.
std::unique_ptr<Pipeline> createPipeline(DeviceState& device, const Shader& shader,
                                         std::span<const uint32_t> specConstants, PipelineOptions options);

}  // namespace lares::vulkan

#include "vulkan/runtime/device.h"

#include <cassert>
#include <limits>

#include "vulkan/runtime/command_list_state.h"
#include "vulkan/runtime/device_state.h"
#include "vulkan/runtime/instance_state.h"
#include "vulkan/runtime/pipeline_cache_file.h"

namespace lares::vulkan {

void DeviceState::wait(uint64_t value) const {
    call("waiting for its results", [&] {
        const vk::SemaphoreWaitInfo target({}, *timeline, value);
        const auto result = device.waitSemaphores(target, std::numeric_limits<uint64_t>::max());
        assert(result == vk::Result::eSuccess);
    });
}

bool DeviceState::finished(uint64_t value) const {
    return call("asking for its progress", [&] { return timeline.getCounterValue() >= value; });
}

void DeviceState::waitIdleNoThrow() const noexcept {
    try {
        if (!finished(submitted)) wait(submitted);
    } catch (const std::exception&) {
        // Lost: nothing runs any more, and whoever uses the device next hears of it.
    }
}

Device::Device(Instance& instance, uint32_t index, DeviceOptions options) : m_state(std::make_unique<DeviceState>()) {
    const auto& devices = instance.devices();
    if (index >= devices.size()) {
        throw Error(ErrorKind::noDevice,
                    devices.empty() ? "No device for computing was found. " + instance.whyEmpty()
                                    : "There is no device \"vulkan:" + std::to_string(index) +
                                          "\"; the last one is \"vulkan:" + std::to_string(devices.size() - 1) + "\".");
    }
    if (!devices[index].usable) throw Error(ErrorKind::noDevice, devices[index].verdict);
    m_state->info = devices[index];
    m_state->options = std::move(options);
    call("opening it", [&] { openDevice(*m_state, instance.state()); });
}

Device::~Device() {
    m_state->waitIdleNoThrow();
    savePipelineCache();
}

const DeviceInfo& Device::info() const {
    return m_state->info;
}

Buffer Device::createBuffer(uint64_t sizeBytes, MemoryUse use, const std::string& name) {
    assert(sizeBytes > 0);
    auto& state = *m_state;
    if (sizeBytes > state.info.limits.maxAllocationBytes) {
        throw Error(ErrorKind::outOfMemory,
                    state.info.name + " gives at most " + bytesText(state.info.limits.maxAllocationBytes) +
                        " in one piece, but " + bytesText(sizeBytes) + " are needed.",
                    "buffer " + name + ", " + std::to_string(sizeBytes) + " bytes");
    }
    return call("taking memory for " + name, [&] {
        using Usage = vk::BufferUsageFlagBits;
        auto buffer = std::make_unique<BufferState>();
        buffer->device = &state;
        buffer->size = sizeBytes;
        buffer->name = name;
        const vk::BufferCreateInfo info({}, sizeBytes,
                                        Usage::eStorageBuffer | Usage::eTransferSrc | Usage::eTransferDst);
        buffer->buffer = vk::raii::Buffer(state.device, info);
        buffer->piece = state.memory->take(buffer->buffer.getMemoryRequirements(), use, name);
        buffer->mapped = buffer->piece.mapped() && (use != MemoryUse::device || state.options.hostVisibleMemory);
        Buffer owner(std::move(buffer));  // from here on the piece is given back whatever happens
        owner.state().buffer.bindMemory(*owner.state().piece.block->memory, owner.state().piece.offset);
        state.setName(*owner.state().buffer, name);
        return owner;
    });
}

const Pipeline& Device::pipeline(const Shader& shader, std::span<const uint32_t> specConstants,
                                 PipelineOptions options) {
    PipelineKey key(shader.spirv.data(), {specConstants.begin(), specConstants.end()}, options.subgroupSize,
                    options.fullSubgroups);
    auto& slot = m_state->pipelines[std::move(key)];
    if (!slot) slot = createPipeline(*m_state, shader, specConstants, options);
    return *slot;
}

uint64_t DeviceState::submit(std::span<const vk::CommandBuffer> buffers) {
    return call("handing work to it", [&] {
        const uint64_t value = submitted + 1;
        const vk::TimelineSemaphoreSubmitInfo info({}, value);
        const vk::Semaphore semaphore = *timeline;
        queue.submit(vk::SubmitInfo()
                         .setPNext(&info)
                         .setCommandBufferCount(static_cast<uint32_t>(buffers.size()))
                         .setPCommandBuffers(buffers.data())
                         .setSignalSemaphores(semaphore));
        submitted = value;
        return value;
    });
}

uint64_t Device::submit(const CommandList& list) {
    assert(list.finished() && list.state().device == m_state.get());
    const vk::CommandBuffer buffer = *list.state().commands;
    return m_state->submit({&buffer, 1});
}

uint64_t Device::submit(std::span<const CommandList* const> lists) {
    std::vector<vk::CommandBuffer> buffers;
    for (const auto* list : lists) {
        assert(list->finished() && list->state().device == m_state.get());
        buffers.push_back(*list->state().commands);
    }
    return m_state->submit(buffers);
}

void Device::wait(uint64_t value) {
    m_state->wait(value);
}
bool Device::finished(uint64_t value) const {
    return m_state->finished(value);
}
void Device::waitIdle() {
    m_state->wait(m_state->submitted);
}

uint64_t Device::freeMemoryBytes() const {
    return call("asking for its free memory", [&] { return m_state->memory->freeBytes(); });
}

uint64_t Device::allocatedBytes() const {
    return m_state->memory->allocatedBytes();
}

bool Device::savePipelineCache() {
    auto& state = *m_state;
    if (state.options.cacheFolder.empty()) return false;
    if (!state.pipelineCacheGrew) return true;
    try {
        const auto data = state.pipelineCache.getData();
        const auto path = pipelineCachePath(state.options.cacheFolder, state.info);
        state.pipelineCacheGrew = !writePipelineCache(path, std::as_bytes(std::span(data)));
    } catch (const std::exception&) {
        return false;
    }
    return !state.pipelineCacheGrew;
}

}  // namespace lares::vulkan

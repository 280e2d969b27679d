#include "vulkan/runtime/command_list.h"

#include <array>
#include <cassert>

#include "vulkan/runtime/command_list_state.h"
#include "vulkan/runtime/profiler.h"

namespace lares::vulkan {

namespace {

using Stage = vk::PipelineStageFlagBits;
using Flag = vk::AccessFlagBits;

constexpr vk::PipelineStageFlags kWorkStages = Stage::eComputeShader | Stage::eTransfer;
constexpr vk::AccessFlags kWrites = Flag::eShaderWrite | Flag::eTransferWrite;
constexpr vk::AccessFlags kReadsAndWrites = kWrites | Flag::eShaderRead | Flag::eTransferRead;

vk::AccessFlags writesOf(vk::PipelineStageFlags stages) {
    vk::AccessFlags flags;
    if (stages & Stage::eComputeShader) flags |= Flag::eShaderWrite;
    if (stages & Stage::eTransfer) flags |= Flag::eTransferWrite;
    return flags;
}

vk::raii::CommandPool createPool(const DeviceState& device) {
    return call("preparing a command list", [&] {
        return vk::raii::CommandPool(device.device, vk::CommandPoolCreateInfo({}, device.queueFamily));
    });
}

void checkGroups(const DeviceInfo& device, const Pipeline& pipeline, Groups groups) {
    const std::array counts{groups.x, groups.y, groups.z};
    for (size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] <= device.limits.maxGroups[i]) continue;
        throw Error(ErrorKind::unsupported, device.name + " cannot run " + pipeline.name() + " with " +
                                                std::to_string(counts[i]) + " groups in one direction; at most " +
                                                std::to_string(device.limits.maxGroups[i]) + " are possible.");
    }
}

void checkRange(const DeviceInfo& device, const Pipeline& pipeline, const BufferView& view) {
    assert(view.buffer && view.size > 0 && view.offset % device.limits.minStorageOffsetAlignment == 0);
    if (view.size <= device.limits.maxStorageBufferRangeBytes) return;
    throw Error(ErrorKind::unsupported,
                device.name + " lets a shader see at most " + bytesText(device.limits.maxStorageBufferRangeBytes) +
                    " of a buffer at once, but " + bytesText(view.size) + " of \"" + view.buffer->name() +
                    "\" are needed.",
                "pipeline " + pipeline.name());
}

}  // namespace

CommandListState::CommandListState(DeviceState& of, std::string listName, ProfilerState* times)
    : device(&of), name(std::move(listName)), profiler(times), pool(createPool(of)), descriptors(of.device) {
    call("preparing a command list", [&] {
        const vk::CommandBufferAllocateInfo info(*pool, vk::CommandBufferLevel::ePrimary, 1);
        commands = std::move(vk::raii::CommandBuffers(device->device, info).front());
        device->setName(*commands, name);
        begin();
    });
}

void CommandListState::begin() {
    commands.begin(vk::CommandBufferBeginInfo(vk::CommandBufferUsageFlagBits::eSimultaneousUse));
    // Lists follow each other on one queue and know nothing of each other: wait for all that was submitted before.
    commands.pipelineBarrier(kWorkStages, kWorkStages, {}, vk::MemoryBarrier(kWrites, kReadsAndWrites), {}, {});
    if (profiler) profiler->begin(commands);
}

void CommandListState::addAccess(const BufferView& view, bool reads, bool writes) {
    const auto& buffer = view.buffer->state();
    accesses.push_back({&buffer, view.offset, view.size, reads, writes});
    writesMapped |= writes && buffer.mapped;
}

void CommandListState::barrierBefore(vk::PipelineStageFlagBits stage) {
    assert(!finished);
    if (hazards.step(accesses)) {
        // From what was used since the last barrier, to everything later: that is what lets the tracker forget.
        commands.pipelineBarrier(stagesSinceBarrier, kWorkStages, {},
                                 vk::MemoryBarrier(writesOf(stagesSinceBarrier), kReadsAndWrites), {}, {});
        stagesSinceBarrier = {};
        ++barriers;
    }
    stagesSinceBarrier |= stage;
    ++steps;
}

CommandList::CommandList(Device& device, std::string name, Profiler* profiler)
    : m_state(std::make_unique<CommandListState>(device.state(), std::move(name),
                                                 profiler ? &profiler->state() : nullptr)) {}

CommandList::CommandList(CommandList&&) noexcept = default;

CommandList& CommandList::operator=(CommandList&& other) noexcept {
    if (this != &other) {
        if (m_state) m_state->device->waitIdleNoThrow();
        m_state = std::move(other.m_state);
    }
    return *this;
}

CommandList::~CommandList() {
    if (m_state) m_state->device->waitIdleNoThrow();
}

void CommandList::dispatch(const Pipeline& pipeline, std::span<const Binding> bindings, std::span<const std::byte> push,
                           Groups groups) {
    auto& state = *m_state;
    const auto& interface = pipeline.interface();
    if (groups.x == 0 || groups.y == 0 || groups.z == 0) return;
    // The compiler drops what a variant does not use, so a shader may want less than it is given, never more.
    assert(bindings.size() >= interface.bindings.size());
    assert(push.size() >= interface.pushBytes);
    checkGroups(state.device->info, pipeline, groups);

    std::vector<vk::DescriptorBufferInfo> buffers(interface.bindings.size());
    state.accesses.clear();
    for (size_t i = 0; i < buffers.size(); ++i) {
        if (!interface.bindings[i].used) continue;
        const auto& [view, access] = bindings[i];
        assert((access != Access::read || interface.bindings[i].readOnly) && "say readonly in the shader");
        checkRange(state.device->info, pipeline, view);
        buffers[i] = vk::DescriptorBufferInfo(*view.buffer->state().buffer, view.offset, view.size);
        state.addAccess(view, access != Access::write, access != Access::read);
    }

    call("recording " + pipeline.name(), [&] {
        state.barrierBefore(Stage::eComputeShader);
        const auto& target = pipeline.state();
        if (state.boundPipeline != *target.pipeline) {
            state.commands.bindPipeline(vk::PipelineBindPoint::eCompute, *target.pipeline);
            state.boundPipeline = *target.pipeline;
        }
        if (!buffers.empty()) {
            const auto set = state.descriptors.set(*target.setLayout, buffers);
            state.commands.bindDescriptorSets(vk::PipelineBindPoint::eCompute, *target.layout, 0, set, {});
        }
        if (interface.pushBytes > 0) {
            const vk::ArrayProxy<const std::byte> bytes(interface.pushBytes, push.data());
            state.commands.pushConstants<std::byte>(*target.layout, vk::ShaderStageFlagBits::eCompute, 0, bytes);
        }
        state.commands.dispatch(groups.x, groups.y, groups.z);
    });
}

void CommandList::copy(BufferView source, BufferView target) {
    auto& state = *m_state;
    assert(source.size == target.size);
    if (source.size == 0) return;
    state.accesses.clear();
    state.addAccess(source, true, false);
    state.addAccess(target, false, true);
    assert(!conflict(state.accesses[0], state.accesses[1]));
    state.barrierBefore(Stage::eTransfer);
    state.commands.copyBuffer(*source.buffer->state().buffer, *target.buffer->state().buffer,
                              vk::BufferCopy(source.offset, target.offset, source.size));
}

void CommandList::fill(BufferView target, uint32_t word) {
    auto& state = *m_state;
    assert(target.offset % 4 == 0 && target.size % 4 == 0);
    if (target.size == 0) return;
    state.accesses.clear();
    state.addAccess(target, false, true);
    state.barrierBefore(Stage::eTransfer);
    state.commands.fillBuffer(*target.buffer->state().buffer, target.offset, target.size, word);
}

CommandList::Section CommandList::section(const char* name) {
    if (m_state->device->debugUtils) m_state->commands.beginDebugUtilsLabelEXT(vk::DebugUtilsLabelEXT(name));
    if (m_state->profiler) m_state->profiler->beginSection(m_state->commands, name);
    return Section(*this);
}

void CommandList::endSection() {
    assert(!m_state->finished);
    if (m_state->profiler) m_state->profiler->endSection(m_state->commands);
    if (m_state->device->debugUtils) m_state->commands.endDebugUtilsLabelEXT();
}

void CommandList::finish() {
    auto& state = *m_state;
    assert(!state.finished);
    if (state.writesMapped) {
        state.commands.pipelineBarrier(kWorkStages, Stage::eHost, {}, vk::MemoryBarrier(kWrites, Flag::eHostRead), {},
                                       {});
    }
    call("recording " + state.name, [&] { state.commands.end(); });
    state.finished = true;
}

void CommandList::reset() {
    auto& state = *m_state;
    state.device->wait(state.device->submitted);
    call("recording " + state.name, [&] {
        state.pool.reset();
        state.descriptors.clear();
        state.hazards.clear();
        state.stagesSinceBarrier = {};
        state.boundPipeline = vk::Pipeline();
        state.writesMapped = state.finished = false;
        state.steps = state.barriers = 0;
        state.begin();
    });
}

bool CommandList::finished() const {
    return m_state->finished;
}
uint32_t CommandList::stepCount() const {
    return m_state->steps;
}
uint32_t CommandList::barrierCount() const {
    return m_state->barriers;
}

}  // namespace lares::vulkan

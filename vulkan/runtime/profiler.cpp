#include "vulkan/runtime/profiler.h"

#include <algorithm>
#include <cassert>

#include "vulkan/runtime/profiler_state.h"

namespace lares::vulkan {

void ProfilerState::begin(const vk::raii::CommandBuffer& commands) {
    sections.clear();
    open.clear();
    queriesUsed = 0;
    overflowed = false;
    if (queryCount > 0) commands.resetQueryPool(*queries, 0, queryCount);
}

void ProfilerState::beginSection(const vk::raii::CommandBuffer& commands, const char* name) {
    if (queriesUsed + 2 > queryCount) {
        overflowed = queryCount > 0;
        open.push_back(kNotTimed);
        return;
    }
    commands.writeTimestamp(vk::PipelineStageFlagBits::eBottomOfPipe, *queries, queriesUsed);
    open.push_back(sections.size());
    sections.push_back({name, queriesUsed, queriesUsed + 1});
    queriesUsed += 2;
}

void ProfilerState::endSection(const vk::raii::CommandBuffer& commands) {
    assert(!open.empty());
    const size_t index = open.back();
    open.pop_back();
    if (index == kNotTimed) return;
    commands.writeTimestamp(vk::PipelineStageFlagBits::eBottomOfPipe, *queries, sections[index].endQuery);
}

Profiler::Profiler(Device& device, uint32_t maxSections) : m_state(std::make_unique<ProfilerState>()) {
    assert(maxSections > 0);
    m_state->device = &device.state();
    if (!device.state().timestamps) return;
    m_state->queryCount = 2 * maxSections;
    m_state->queries = call("preparing its clock", [&] {
        return vk::raii::QueryPool(device.state().device,
                                   vk::QueryPoolCreateInfo({}, vk::QueryType::eTimestamp, m_state->queryCount));
    });
}

Profiler::~Profiler() {
    m_state->device->waitIdleNoThrow();
}

bool Profiler::supported() const {
    return m_state->queryCount > 0;
}
bool Profiler::overflowed() const {
    return m_state->overflowed;
}

std::vector<SectionTime> Profiler::times() const {
    std::vector<SectionTime> result;
    const auto& state = *m_state;
    if (state.queriesUsed == 0) return result;
    const auto ticks = call("reading its clock", [&] {
        return state.queries
            .getResults<uint64_t>(0, state.queriesUsed, state.queriesUsed * sizeof(uint64_t), sizeof(uint64_t),
                                  vk::QueryResultFlagBits::e64 | vk::QueryResultFlagBits::eWait)
            .second;
    });
    for (const auto& section : state.sections) {
        auto found = std::find_if(result.begin(), result.end(),
                                  [&](const SectionTime& time) { return time.name == section.name; });
        if (found == result.end()) found = result.insert(result.end(), SectionTime{section.name, 0, 0});
        // The counter may wrap: a difference within the valid bits is right all the same.
        const uint64_t passed = (ticks[section.endQuery] - ticks[section.beginQuery]) & state.device->timestampMask;
        ++found->count;
        found->milliseconds += static_cast<double>(passed) * state.device->info.limits.timestampPeriodNs / 1e6;
    }
    return result;
}

}  // namespace lares::vulkan

// Internal: what a CommandList holds.
#pragma once

#include <string>

#include "vulkan/runtime/command_list.h"
#include "vulkan/runtime/descriptor_pools.h"
#include "vulkan/runtime/device_state.h"
#include "vulkan/runtime/hazards.h"
#include "vulkan/runtime/profiler_state.h"

namespace lares::vulkan {

struct CommandListState {
    CommandListState(DeviceState& of, std::string listName, ProfilerState* times);

    DeviceState* device;
    std::string name;
    ProfilerState* profiler;
    vk::raii::CommandPool pool;
    vk::raii::CommandBuffer commands = nullptr;
    DescriptorPools descriptors;
    HazardTracker hazards;
    vk::PipelineStageFlags stagesSinceBarrier;
    vk::Pipeline boundPipeline;
    bool writesMapped = false;  ///< the host may read what this list writes
    bool finished = false;
    uint32_t steps = 0;
    uint32_t barriers = 0;
    std::vector<RangeAccess> accesses;  ///< of the step being recorded; kept for its memory

    void begin();
    void barrierBefore(vk::PipelineStageFlagBits stage);  ///< where `accesses` need one
    void addAccess(const BufferView& view, bool reads, bool writes);
};

}  // namespace lares::vulkan

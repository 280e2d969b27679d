// Internal: what a Profiler holds, and how a command list drives it.
#pragma once

#include <string>
#include <vector>

#include "vulkan/runtime/device_state.h"

namespace lares::vulkan {

struct ProfilerState {
    struct Section {
        std::string name;
        uint32_t beginQuery = 0;
        uint32_t endQuery = 0;
    };

    DeviceState* device = nullptr;
    vk::raii::QueryPool queries = nullptr;  ///< empty: the queue has no timestamps
    uint32_t queryCount = 0;
    uint32_t queriesUsed = 0;
    bool overflowed = false;
    std::vector<Section> sections;
    std::vector<size_t> open;  ///< indexes of sections begun and not ended; kNotTimed where one is left out

    static constexpr size_t kNotTimed = ~size_t{0};

    void begin(const vk::raii::CommandBuffer& commands);
    void beginSection(const vk::raii::CommandBuffer& commands, const char* name);
    void endSection(const vk::raii::CommandBuffer& commands);
};

}  // namespace lares::vulkan

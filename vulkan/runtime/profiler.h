// Where the time of a command list goes: timestamps at the borders of its sections. Vulkan equivalent: VkQueryPool.
// A border is passed when everything before it has finished, so the times of neighbouring sections add up; work that
// overlaps a border is counted before it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "vulkan/runtime/device.h"

namespace lares::vulkan {

struct ProfilerState;

struct SectionTime {
    std::string name;
    uint32_t count = 0;       ///< how many sections of that name the list has
    double milliseconds = 0;  ///< all of them together
};

/// Serves one CommandList; outlives it. Sections past `maxSections` are not timed (see overflowed()).
class Profiler {
 public:
    explicit Profiler(Device& device, uint32_t maxSections = 4096);
    ~Profiler();
    Profiler(const Profiler&) = delete;
    Profiler& operator=(const Profiler&) = delete;

    bool supported() const;  ///< false: the queue has no timestamps, times() stays empty
    bool overflowed() const;

    /// Of the list's last run, which has finished; by name, in order of first appearance.
    std::vector<SectionTime> times() const;

    ProfilerState& state() const { return *m_state; }  ///< for vulkan/runtime only

 private:
    std::unique_ptr<ProfilerState> m_state;
};

}  // namespace lares::vulkan

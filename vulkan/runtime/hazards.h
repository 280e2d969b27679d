// When does a step have to wait for earlier ones? Pure bookkeeping of byte ranges, no Vulkan.
// Two accesses to overlapping ranges of the same buffer conflict when at least one of them writes (read after write,
// write after read, write after write). A barrier in a command list is a full one (all earlier steps to all later
// steps), because what costs time on a device is the waiting and not what it is waited for; so after a barrier nothing
// is remembered.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace lares::vulkan {

struct RangeAccess {
    const void* buffer = nullptr;  ///< identity only
    uint64_t offset = 0;
    uint64_t size = 0;
    bool reads = false;
    bool writes = false;
};

bool conflict(const RangeAccess& earlier, const RangeAccess& later);

class HazardTracker {
 public:
    /// Notes a step with all its accesses. True when a barrier has to stand before it. The accesses of one step among
    /// themselves are the step's own business.
    bool step(std::span<const RangeAccess> accesses);
    void clear() { m_sinceBarrier.clear(); }

 private:
    std::vector<RangeAccess> m_sinceBarrier;
};

}  // namespace lares::vulkan

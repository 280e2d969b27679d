#include "vulkan/runtime/hazards.h"

#include <algorithm>

namespace lares::vulkan {

bool conflict(const RangeAccess& earlier, const RangeAccess& later) {
    if (earlier.buffer != later.buffer || !(earlier.writes || later.writes)) return false;
    return earlier.offset < later.offset + later.size && later.offset < earlier.offset + earlier.size;
}

bool HazardTracker::step(std::span<const RangeAccess> accesses) {
    const bool barrier = std::any_of(accesses.begin(), accesses.end(), [&](const RangeAccess& later) {
        return std::any_of(m_sinceBarrier.begin(), m_sinceBarrier.end(),
                           [&](const RangeAccess& earlier) { return conflict(earlier, later); });
    });
    if (barrier) m_sinceBarrier.clear();
    m_sinceBarrier.insert(m_sinceBarrier.end(), accesses.begin(), accesses.end());
    return barrier;
}

}  // namespace lares::vulkan

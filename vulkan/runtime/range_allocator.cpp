#include "vulkan/runtime/range_allocator.h"

#include <cassert>
#include <iterator>

namespace lares::vulkan {

std::optional<uint64_t> RangeAllocator::take(uint64_t size, uint64_t alignment) {
    assert(size > 0 && alignment > 0 && (alignment & (alignment - 1)) == 0);
    const auto aligned = [&](uint64_t offset) { return (offset + alignment - 1) & ~(alignment - 1); };

    auto best = m_free.end();
    for (auto range = m_free.begin(); range != m_free.end(); ++range) {
        const uint64_t lost = aligned(range->first) - range->first;
        const bool fits = range->second >= lost && range->second - lost >= size;
        if (fits && (best == m_free.end() || range->second < best->second)) best = range;
    }
    if (best == m_free.end()) return std::nullopt;

    const auto [start, length] = *best;
    const uint64_t offset = aligned(start);
    m_free.erase(best);
    if (offset > start) m_free.emplace(start, offset - start);
    if (start + length > offset + size) m_free.emplace(offset + size, start + length - offset - size);
    return offset;
}

void RangeAllocator::give(uint64_t offset, uint64_t size) {
    assert(offset + size <= m_size);
    auto next = m_free.lower_bound(offset);
    assert(next == m_free.end() || offset + size <= next->first);
    if (next != m_free.end() && next->first == offset + size) {
        size += next->second;
        next = m_free.erase(next);
    }
    if (next != m_free.begin()) {
        const auto previous = std::prev(next);
        assert(previous->first + previous->second <= offset);
        if (previous->first + previous->second == offset) {
            previous->second += size;
            return;
        }
    }
    m_free.emplace_hint(next, offset, size);
}

uint64_t RangeAllocator::freeBytes() const {
    uint64_t sum = 0;
    for (const auto& [offset, size] : m_free) sum += size;
    return sum;
}

}  // namespace lares::vulkan

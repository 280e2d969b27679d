// Which bytes of a block are free: offsets only, no memory. Best fit, neighbours joined when freed; a map by offset is
// quick enough because a model has some hundred buffers, not millions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

namespace lares::vulkan {

class RangeAllocator {
 public:
    explicit RangeAllocator(uint64_t size) : m_size(size) { m_free.emplace(0, size); }

    /// `alignment` is a power of two. Nothing when no free range is large enough.
    std::optional<uint64_t> take(uint64_t size, uint64_t alignment);
    void give(uint64_t offset, uint64_t size);  ///< exactly what take() gave

    bool empty() const { return m_free.size() == 1 && m_free.begin()->second == m_size; }
    uint64_t size() const { return m_size; }
    uint64_t freeBytes() const;

 private:
    uint64_t m_size;
    std::map<uint64_t, uint64_t> m_free;  ///< offset -> size, never touching each other
};

}  // namespace lares::vulkan

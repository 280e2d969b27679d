// Memory for what is read from end to end: on 64 bytes, in large pages where the system gives them, zero at first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <span>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace lares::inference::cpu {

class AlignedMemory {
 public:
    AlignedMemory() = default;
    /// Throws std::bad_alloc.
    explicit AlignedMemory(std::size_t sizeBytes) : m_size(sizeBytes) {
        constexpr std::size_t kPage = 64, kLargePage = std::size_t{2} << 20;
        const std::size_t alignment = sizeBytes >= 2 * kLargePage ? kLargePage : kPage;
        const std::size_t rounded = (sizeBytes + alignment - 1) / alignment * alignment;
        if (rounded == 0) return;
        m_bytes.reset(static_cast<std::byte*>(std::aligned_alloc(alignment, rounded)));
        if (!m_bytes) throw std::bad_alloc();
#ifdef __linux__
        if (alignment == kLargePage) madvise(m_bytes.get(), rounded, MADV_HUGEPAGE);  // a wish; nothing depends on it
#endif
        std::memset(m_bytes.get(), 0, rounded);
    }

    std::size_t size() const {
        return m_size;
    }
    std::byte* data() {
        return m_bytes.get();
    }
    const std::byte* data() const {
        return m_bytes.get();
    }

    template <typename Number>
    std::span<Number> as() {
        return {reinterpret_cast<Number*>(m_bytes.get()), m_size / sizeof(Number)};
    }

 private:
    struct Free {
        void operator()(std::byte* bytes) const { std::free(bytes); }
    };
    std::unique_ptr<std::byte, Free> m_bytes;
    std::size_t m_size = 0;
};

}  // namespace lares::inference::cpu

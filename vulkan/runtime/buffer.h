// A piece of memory that the device can work on. Vulkan equivalent: VkBuffer plus its share of a VkDeviceMemory block.
// Made by Device::createBuffer; the Device outlives it. Destroying one waits until submitted work has finished.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace lares::vulkan {

struct BufferState;

enum class MemoryUse {
    device,    ///< weights, caches, activations: local to the device; mapped where device memory is host-visible
    upload,    ///< always mapped; written by the host front to back, read by the device once in a while
    readback,  ///< always mapped, cached; written by the device, read by the host
};

class Buffer {
 public:
    Buffer();  ///< empty: size 0
    explicit Buffer(std::unique_ptr<BufferState> state);
    Buffer(Buffer&&) noexcept;
    Buffer& operator=(Buffer&&) noexcept;
    ~Buffer();

    explicit operator bool() const { return m_state != nullptr; }
    uint64_t size() const;
    const std::string& name() const;

    /// The bytes as the host sees them; empty when the host cannot. Coherent: no flush is needed. What the host writes
    /// is seen by lists submitted afterwards; what a list writes is seen by the host once the list has finished.
    std::span<std::byte> mapped() const;

    BufferState& state() const { return *m_state; }  ///< for vulkan/runtime only

 private:
    std::unique_ptr<BufferState> m_state;
};

/// A range of bytes of a buffer, not owned. Recording looks the buffer up at once, so the Buffer object may be moved
/// afterwards, but it has to live as long as the lists that use it.
struct BufferView {
    const Buffer* buffer = nullptr;
    uint64_t offset = 0;
    uint64_t size = 0;

    BufferView() = default;
    BufferView(const Buffer& whole) : buffer(&whole), size(whole.size()) {}  // NOLINT: a buffer is a view of itself
    BufferView(const Buffer& of, uint64_t offsetBytes, uint64_t sizeBytes)
        : buffer(&of), offset(offsetBytes), size(sizeBytes) {
        assert(offset <= of.size() && size <= of.size() - offset);
    }

    BufferView sub(uint64_t offsetBytes, uint64_t sizeBytes) const {
        assert(offsetBytes <= size && sizeBytes <= size - offsetBytes);
        return {*buffer, offset + offsetBytes, sizeBytes};
    }
    /// Empty when the host cannot see the buffer.
    std::span<std::byte> mapped() const {
        const auto all = buffer->mapped();
        return all.empty() ? all : all.subspan(offset, size);
    }
};

}  // namespace lares::vulkan

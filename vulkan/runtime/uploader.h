// Brings bytes into device buffers. Where the host sees device memory (unified memory, resizable BAR) it writes there
// directly; elsewhere through two staging buffers in turn: one is filled while the other is copied.
// Not thread-safe. What is uploaded is there for lists submitted after flush().
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "vulkan/runtime/buffer.h"
#include "vulkan/runtime/device.h"

namespace lares::vulkan {

struct UploaderState;

class Uploader {
 public:
    /// Staging memory is taken when first needed and grows with the uploads up to 2 x `chunkBytes`.
    explicit Uploader(Device& device, uint64_t chunkBytes = uint64_t{64} << 20);
    ~Uploader();  ///< waits for copies under way; what was not flushed may be lost
    Uploader(const Uploader&) = delete;
    Uploader& operator=(const Uploader&) = delete;

    /// Writes `part.size()` bytes that belong at `offset` of the target. Every byte of `part` has to be written.
    using Fill = std::function<void(std::span<std::byte> part, uint64_t offset)>;

    /// `target` and `bytes` have the same size; no submitted work may be using the target.
    void upload(BufferView target, std::span<const std::byte> bytes);

    /// Calls `fill` for consecutive parts that together make the whole target: one part where it is written directly,
    /// otherwise parts of at most `chunkBytes`, each but the last a multiple of `granuleBytes` (itself <= chunkBytes).
    /// The memory is written to only, never read: reading it back can be very slow.
    void upload(BufferView target, const Fill& fill, uint64_t granuleBytes = 1);

    void flush();  ///< submits what is staged and waits until all of it has arrived

 private:
    std::unique_ptr<UploaderState> m_state;
};

}  // namespace lares::vulkan

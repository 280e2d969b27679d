#include "vulkan/runtime/buffer.h"

#include "vulkan/runtime/device_state.h"

namespace lares::vulkan {

namespace {

void release(std::unique_ptr<BufferState> state) {
    if (!state) return;
    state->device->waitIdleNoThrow();
    auto* memory = state->device->memory.get();
    const MemoryPiece piece = state->piece;
    state.reset();  // the VkBuffer goes before its memory
    if (piece.block) memory->give(piece);
}

}  // namespace

Buffer::Buffer() = default;
Buffer::Buffer(std::unique_ptr<BufferState> state) : m_state(std::move(state)) {}
Buffer::Buffer(Buffer&&) noexcept = default;
Buffer& Buffer::operator=(Buffer&& other) noexcept {
    if (this != &other) release(std::exchange(m_state, std::move(other.m_state)));
    return *this;
}
Buffer::~Buffer() {
    release(std::move(m_state));
}

uint64_t Buffer::size() const {
    return m_state ? m_state->size : 0;
}

const std::string& Buffer::name() const {
    static const std::string kNone = "(none)";
    return m_state ? m_state->name : kNone;
}

std::span<std::byte> Buffer::mapped() const {
    if (!m_state || !m_state->mapped) return {};
    return {m_state->piece.mapped(), m_state->size};
}

}  // namespace lares::vulkan

#include "vulkan/runtime/uploader.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstring>
#include <optional>

#include "vulkan/runtime/command_list.h"

namespace lares::vulkan {

namespace {

constexpr uint64_t kSmallestStaging = uint64_t{1} << 20;
constexpr uint64_t kAlignment = 16;  ///< of a part in staging memory, for wide stores and fast copies

/// One of the two staging buffers: filled by the host, or being copied by the device.
struct Stage {
    Buffer buffer;
    std::optional<CommandList> copies;  ///< recording while `used` > 0
    uint64_t used = 0;
    uint64_t submitted = 0;  ///< timeline value of its last copies
};

}  // namespace

struct UploaderState {
    Device& device;
    uint64_t chunkBytes;
    std::array<Stage, 2> stages{};
    size_t current = 0;

    uint64_t roomIn(const Stage& stage) const;
    Stage& stageFor(uint64_t wanted, uint64_t granule);
    void submit(Stage& stage);
    void flush();
};

uint64_t UploaderState::roomIn(const Stage& stage) const {
    const uint64_t used = (stage.used + kAlignment - 1) / kAlignment * kAlignment;
    return stage.buffer.size() - std::min(stage.buffer.size(), used);
}

void UploaderState::submit(Stage& stage) {
    if (stage.used == 0) return;
    stage.copies->finish();
    stage.submitted = device.submit(*stage.copies);
    stage.used = 0;
}

/// A stage with room for `wanted` bytes, or for all that fits into a chunk; in any case for one granule.
Stage& UploaderState::stageFor(uint64_t wanted, uint64_t granule) {
    const uint64_t needed = std::min(wanted, chunkBytes);
    auto& filling = stages[current];
    if (filling.used > 0 && roomIn(filling) >= std::max(granule, std::min(needed, chunkBytes / 4))) return filling;
    submit(filling);
    current = (current + 1) % stages.size();
    auto& next = stages[current];
    device.wait(next.submitted);
    if (next.buffer.size() < needed) {
        const uint64_t size = std::min(std::max(std::bit_ceil(needed), kSmallestStaging), chunkBytes);
        next.buffer = Buffer();  // first give back, then take
        next.buffer = device.createBuffer(size, MemoryUse::upload, "staging");
    }
    if (next.copies) {
        next.copies->reset();
    } else {
        next.copies.emplace(device, "upload");
    }
    return next;
}

void UploaderState::flush() {
    for (auto& stage : stages) submit(stage);
    for (auto& stage : stages) device.wait(stage.submitted);
}

Uploader::Uploader(Device& device, uint64_t chunkBytes)
    : m_state(std::make_unique<UploaderState>(UploaderState{device, chunkBytes})) {
    assert(chunkBytes > 0);
}

Uploader::~Uploader() = default;

void Uploader::upload(BufferView target, std::span<const std::byte> bytes) {
    assert(target.size == bytes.size());
    upload(target, [&](std::span<std::byte> part, uint64_t offset) {
        std::memcpy(part.data(), bytes.data() + offset, part.size());
    });
}

void Uploader::upload(BufferView target, const Fill& fill, uint64_t granuleBytes) {
    auto& state = *m_state;
    assert(granuleBytes > 0 && granuleBytes <= state.chunkBytes);
    if (target.size == 0) return;
    if (const auto direct = target.mapped(); !direct.empty()) {
        fill(direct, 0);
        return;
    }
    for (uint64_t offset = 0; offset < target.size;) {
        const uint64_t left = target.size - offset;
        auto& stage = state.stageFor(left, std::min(left, granuleBytes));
        const uint64_t start = (stage.used + kAlignment - 1) / kAlignment * kAlignment;
        uint64_t size = std::min(left, stage.buffer.size() - start);
        if (size < left) size = size / granuleBytes * granuleBytes;
        assert(size > 0);
        fill(stage.buffer.mapped().subspan(start, size), offset);
        stage.copies->copy({stage.buffer, start, size}, target.sub(offset, size));
        stage.used = start + size;
        offset += size;
    }
}

void Uploader::flush() {
    m_state->flush();
}

}  // namespace lares::vulkan

// Work for the device, recorded once and submitted as often as wanted. Vulkan equivalent: a primary VkCommandBuffer
// with the descriptor sets it uses. Barriers are worked out from what each step says it reads and writes (hazards.h);
// every list begins with a full memory barrier, so lists may be submitted in any order. Not thread-safe.
//
//     CommandList list(device, "decode");
//     list.dispatch(pipeline, {read(x), read(w), write(y)}, params, {groups});
//     list.finish();
//     device.wait(device.submit(list));
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <type_traits>

#include "vulkan/runtime/buffer.h"
#include "vulkan/runtime/device.h"
#include "vulkan/runtime/pipeline.h"

namespace lares::vulkan {

class Profiler;
struct CommandListState;

enum class Access : uint8_t { read, write, readWrite };

/// What a shader's binding number i is given: the i-th of the list. The offset is a multiple of
/// DeviceLimits::minStorageOffsetAlignment.
struct Binding {
    BufferView view;
    Access access = Access::readWrite;
};

inline Binding read(BufferView view) {
    return {view, Access::read};
}
inline Binding write(BufferView view) {
    return {view, Access::write};
}
inline Binding readWrite(BufferView view) {
    return {view, Access::readWrite};
}

struct Groups {
    uint32_t x = 1;
    uint32_t y = 1;
    uint32_t z = 1;
};

class CommandList {
 public:
    /// With a profiler, section() also takes times.
    CommandList(Device& device, std::string name, Profiler* profiler = nullptr);
    ~CommandList();  ///< waits until submitted work has finished
    CommandList(const CommandList&) = delete;
    CommandList& operator=(const CommandList&) = delete;
    CommandList(CommandList&&) noexcept;
    CommandList& operator=(CommandList&&) noexcept;

    /// One binding per binding of the shader; `push` has exactly the shader's push constant bytes. Access::read may
    /// only be declared where the shader says `readonly`. Dispatches nothing when a group count is 0. Throws Error
    /// unsupported when a view is larger than a binding can be, or a group count is over the limit.
    void dispatch(const Pipeline& pipeline, std::span<const Binding> bindings, std::span<const std::byte> push,
                  Groups groups);

    template <class Params>
    requires std::is_trivially_copyable_v<Params>
    void dispatch(const Pipeline& pipeline, std::initializer_list<Binding> bindings, const Params& params,
                  Groups groups) {
        dispatch(pipeline, std::span(bindings.begin(), bindings.size()), std::as_bytes(std::span(&params, 1)), groups);
    }
    void dispatch(const Pipeline& pipeline, std::initializer_list<Binding> bindings, Groups groups) {
        dispatch(pipeline, std::span(bindings.begin(), bindings.size()), {}, groups);
    }

    void copy(BufferView source, BufferView target);  ///< equal sizes; must not overlap
    void fill(BufferView target, uint32_t word);      ///< offset and size are multiples of 4

    /// From here until the returned object dies, steps belong to `name` in debuggers and in the profiler. May be
    /// nested.
    class Section {
     public:
        explicit Section(CommandList& list) : m_list(&list) {}
        ~Section() { m_list->endSection(); }
        Section(const Section&) = delete;
        Section& operator=(const Section&) = delete;

     private:
        CommandList* m_list;
    };
    [[nodiscard]] Section section(const char* name);

    void finish();  ///< nothing can be recorded after it; makes everything written visible to the host
    void reset();   ///< empty again, ready to record; waits until submitted work has finished

    bool finished() const;
    uint32_t stepCount() const;     ///< dispatches, copies and fills
    uint32_t barrierCount() const;  ///< between them, without the first and the last of the list

    CommandListState& state() const { return *m_state; }  ///< for vulkan/runtime only

 private:
    void endSection();
    std::unique_ptr<CommandListState> m_state;
};

}  // namespace lares::vulkan

// Push constants of the attention shaders, for C++ and GLSL alike.
#ifdef __cplusplus
#include <cstdint>

namespace lares::vulkan {
using uint = std::uint32_t;
#endif

struct AttentionParams {
    uint rows;
    uint headCount;
    uint headCountKv;
    uint capacity;
    uint window;     // positions a query sees at most, its own included
    uint partCount;  // parts of the positions at most
    float scale;
    float softCap;
};

#ifdef __cplusplus
}  // namespace lares::vulkan
#endif

// Push constants of rope.comp, for C++ and GLSL alike.
#ifdef __cplusplus
#include <cstdint>

namespace lares::vulkan {
using uint = std::uint32_t;
#endif

struct RopeParams {
    uint rows;
    uint headCount;
    uint headSize;
    uint pairs;  // rotated / 2
    float magnitude;
};

#ifdef __cplusplus
}  // namespace lares::vulkan
#endif

// Push constants of soft_cap.comp, for C++ and GLSL alike.
#ifdef __cplusplus
#include <cstdint>

namespace lares::vulkan {
using uint = std::uint32_t;
#endif

struct SoftCapParams {
    uint count;
    float cap;
};

#ifdef __cplusplus
}  // namespace lares::vulkan
#endif

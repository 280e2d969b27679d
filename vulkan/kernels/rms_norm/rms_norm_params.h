// Push constants of rms_norm.comp, for C++ and GLSL alike.
#ifdef __cplusplus
#include <cstdint>

namespace lares::vulkan {
using uint = std::uint32_t;
#endif

struct RmsNormParams {
    uint rows;
    uint width;
    float epsilon;
};

#ifdef __cplusplus
}  // namespace lares::vulkan
#endif

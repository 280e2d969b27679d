// Push constants of layer_norm.comp, for C++ and GLSL alike.
#ifdef __cplusplus
#include <cstdint>

namespace lares::vulkan {
using uint = std::uint32_t;
#endif

struct LayerNormParams {
    uint rows;
    uint width;
    uint weightRows;
    uint hasBias;
    float epsilon;
};

#ifdef __cplusplus
}  // namespace lares::vulkan
#endif

// Push constants of activate.comp, for C++ and GLSL alike.
#ifdef __cplusplus
#include <cstdint>

namespace lares::vulkan {
using uint = std::uint32_t;
#endif

struct ActivateParams {
    uint count;
};

#ifdef __cplusplus
}  // namespace lares::vulkan
#endif

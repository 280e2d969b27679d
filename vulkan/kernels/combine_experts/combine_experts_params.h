// Push constants of combine_experts.comp, for C++ and GLSL alike.
#ifdef __cplusplus
#include <cstdint>

namespace lares::vulkan {
using uint = std::uint32_t;
#endif

struct CombineExpertsParams {
    uint rows;
    uint width;
    uint used;  // experts of a row
};

#ifdef __cplusplus
}  // namespace lares::vulkan
#endif

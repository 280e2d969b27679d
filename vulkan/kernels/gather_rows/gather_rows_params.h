// Push constants of gather_rows.comp, for C++ and GLSL alike.
#ifdef __cplusplus
#include <cstdint>

namespace lares::vulkan {
using uint = std::uint32_t;
#endif

struct GatherRowsParams {
    uint inRows;
    uint width;
};

#ifdef __cplusplus
}  // namespace lares::vulkan
#endif

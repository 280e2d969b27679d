// Push constants of add_positions.comp, for C++ and GLSL alike.
#ifdef __cplusplus
#include <cstdint>

namespace lares::vulkan {
using uint = std::uint32_t;
#endif

struct AddPositionsParams {
    uint rows;
    uint width;
    uint positions;  // rows of the table
    uint sameRow;
};

#ifdef __cplusplus
}  // namespace lares::vulkan
#endif

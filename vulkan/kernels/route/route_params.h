// Push constants of route.comp and group_pairs.comp, for C++ and GLSL alike.
#ifdef __cplusplus
#include <cstdint>

namespace lares::vulkan {
using uint = std::uint32_t;
#endif

struct RouteParams {
    uint rows;
    uint experts;      // all of them
    uint used;         // by each row
    uint renormalise;  // 0 or 1
    float scale;
    uint tileSize;  // most pairs of a tile
    uint tiles;     // that will be looked at
};

#ifdef __cplusplus
}  // namespace lares::vulkan
#endif

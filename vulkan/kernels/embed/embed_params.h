// Push constants of embed.glsl, for C++ and GLSL alike.
#ifdef __cplusplus
#include <cstdint>

namespace lares::vulkan {
using uint = std::uint32_t;
#endif

struct EmbedParams {
    uint firstRow;    // of the window
    uint rowCount;    // of the window
    uint rowVectors;  // 16-byte words of a packed row
    uint chunks;      // of a row
    uint columns;
    float scale;
};

#ifdef __cplusplus
}  // namespace lares::vulkan
#endif

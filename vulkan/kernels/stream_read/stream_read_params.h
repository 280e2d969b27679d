// Push constants of stream_read.comp, for C++ and GLSL alike.
#ifdef __cplusplus
#include <cstdint>

namespace lares::vulkan {
using uint = std::uint32_t;
#endif

struct StreamReadParams {
    uint vectors;       ///< of 16 bytes
    uint groupVectors;  ///< that one workgroup reads
};

#ifdef __cplusplus
}  // namespace lares::vulkan
#endif

// Push constants of store_kv.comp, for C++ and GLSL alike.
#ifdef __cplusplus
#include <cstdint>

namespace lares::vulkan {
using uint = std::uint32_t;
#endif

struct StoreKvParams {
    uint rows;
    uint width;
    uint capacity;
};

#ifdef __cplusplus
}  // namespace lares::vulkan
#endif

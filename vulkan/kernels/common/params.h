// Lets one file declare push constants for C++ and GLSL: structs of 32-bit members between these two words.
#ifndef LARES_PARAMS_H
#define LARES_PARAMS_H

#ifdef __cplusplus
#include <cstdint>
#define LARES_PARAMS_BEGIN    \
    namespace lares::vulkan { \
    using uint = std::uint32_t;
#define LARES_PARAMS_END }
#else
#define LARES_PARAMS_BEGIN
#define LARES_PARAMS_END
#endif

#endif

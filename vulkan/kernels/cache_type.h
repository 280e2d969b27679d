// The number type of a key/value cache.
#pragma once

#include <cstdint>

namespace lares::vulkan {

enum class CacheType : std::uint32_t { f32, f16 };

/// Bytes of one number.
inline constexpr std::uint32_t cacheTypeBytes(CacheType type) {
    return type == CacheType::f16 ? 2 : 4;
}

}  // namespace lares::vulkan

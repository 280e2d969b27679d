// How many positions a key/value cache keeps, layer by layer. Plain arithmetic, the same wherever a model is computed.
#pragma once

#include "vulkan/kernels/cache_type.h"

#include <cstdint>

namespace lares::inference {

using CacheType = vulkan::CacheType;

/// How many positions are kept, and how many are taken at once.
struct CacheShape {
    std::uint32_t contextLength = 0;
    std::uint32_t chunkLength = 0;

    /// Positions in the cache of a layer that sees `window` of them (0: all). What the oldest row of a chunk still sees
    /// must not be overwritten by the youngest. Position p lies in row p modulo this.
    std::uint32_t capacity(std::uint32_t window) const {
        const std::uint64_t needed = std::uint64_t{window} + chunkLength;
        return window == 0 || needed > contextLength ? contextLength : static_cast<std::uint32_t>(needed);
    }
};

}  // namespace lares::inference

// Appends the batch's keys and values to a layer's cache: row t goes to position + t, or, where the cache is a ring
// that holds the latest positions alone, to that modulo the capacity. Numbers past the range of f16 become its largest,
// so that no infinity enters the cache.
#pragma once

#include "vulkan/kernels/cache_type.h"
#include "vulkan/runtime/buffer.h"

namespace lares::vulkan {

class CommandList;
class Device;

struct StoreKvArgs {
    BufferView keys;        ///< f32 [rows, width]
    BufferView values;      ///< f32 [rows, width]
    BufferView keyCache;    ///< cacheType [capacity, width]
    BufferView valueCache;  ///< cacheType [capacity, width]
    BufferView step;        ///< StepParams; rows past tokenCount are not stored, nor, without a ring, past the capacity
    std::uint32_t rows = 0;
    std::uint32_t width = 0;     ///< headCountKv * headSize, a multiple of 4
    std::uint32_t capacity = 0;  ///< positions
    CacheType cacheType = CacheType::f16;
    bool ring = false;  ///< then rows <= capacity
};

void recordStoreKv(CommandList& commands, Device& device, const StoreKvArgs& args);

}  // namespace lares::vulkan

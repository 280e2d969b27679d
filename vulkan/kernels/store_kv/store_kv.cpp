// See store_kv.h.
#include "vulkan/kernels/store_kv/store_kv.h"

#include "vulkan/kernels/common/grid.h"
#include "vulkan/kernels/step.h"
#include "vulkan/kernels/store_kv/store_kv_params.h"
#include "vulkan/shaders.h"

#include <cassert>

namespace lares::vulkan {

void recordStoreKv(CommandList& commands, Device& device, const StoreKvArgs& args) {
    const std::uint64_t bytes = std::uint64_t{args.rows} * args.width * 4;
    const std::uint64_t cacheBytes = std::uint64_t{args.capacity} * args.width * cacheTypeBytes(args.cacheType);
    assert(args.width % 4 == 0 && args.keys.size >= bytes && args.values.size >= bytes);
    assert(args.keyCache.size >= cacheBytes && args.valueCache.size >= cacheBytes);
    assert(args.step.size >= sizeof(StepParams));
    assert(!args.ring || args.rows <= args.capacity);
    const std::uint32_t size = workgroupSize(device.info(), 128);
    // readWrite: a write touches a few rows alone, and what the others hold has to stay.
    commands.dispatch(
        device.pipeline(shaders::store_kv, {{size, args.cacheType == CacheType::f16 ? 1u : 0u, args.ring ? 1u : 0u}}),
        {read(args.keys), read(args.values), readWrite(args.keyCache), readWrite(args.valueCache), read(args.step)},
        StoreKvParams{args.rows, args.width, args.capacity},
        linearGroups(divideUp(args.rows * (args.width / 4), size)));
}

}  // namespace lares::vulkan

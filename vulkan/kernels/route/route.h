// The router of a mixture of experts: which experts each token is given to, and what each one's result counts. A "pair"
// is one token with one of its experts: pair t * used + i is token t with its i-th expert.
//
// Beside that it puts pairs of the same expert together, in tiles, so that a matrix product (expert_matmul.h) reads the
// weights of an expert once for a whole tile. `order` holds `pairs` entries of three words for the tiles, {expert,
// first place, number of pairs}, and then, place by place, the numbers of the pairs. How many tiles there will be is
// only known on the device; those that are not needed have no pairs.
#pragma once

#include "vulkan/runtime/buffer.h"
#include "vulkan/runtime/device_info.h"

#include <cstdint>

namespace lares::vulkan {

class CommandList;
class Device;

/// What the shared memory of route.comp and group_pairs.comp has room for.
inline constexpr std::uint32_t kMaxExperts = 1024;

/// The numbers are those of route.comp.
enum class ExpertGating : std::uint32_t {
    softmax,      ///< the share of the softmax over all scores
    sigmoid,      ///< of the own score
    sparseMixer,  ///< the share of the softmax over scores left at the time that are within 2 % of the own
};

/// How pairs are put together.
struct ExpertTiles {
    std::uint32_t rows = 0;  ///< tokens
    std::uint32_t used = 0;  ///< experts of a token
    std::uint32_t experts = 0;
    std::uint32_t size = 0;     ///< most pairs in a tile
    bool sharedMemory = false;  ///< for the shader that unpacks weights into shared memory

    std::uint32_t pairs() const { return rows * used; }
    std::uint32_t most() const;  ///< tiles that there can be
};

/// Which shader multiplies; `automatic` goes by the device and by how many pairs an expert gets on average.
enum class ExpertKernel { automatic, matvec, tiled };

ExpertTiles expertTiles(const DeviceInfo& device, std::uint32_t rows, std::uint32_t used, std::uint32_t experts,
                        ExpertKernel kernel = ExpertKernel::automatic);

struct RouteArgs {
    BufferView scores;   ///< f32 [rows, experts]; what is not a number counts as lowest
    BufferView chosen;   ///< f32 [rows, used]: numbers of experts, falling by score, the lower one first among equals
    BufferView weights;  ///< f32 [rows, used]
    BufferView order;    ///< u32 [4 * pairs]
    ExpertTiles tiles;
    ExpertGating gating = ExpertGating::softmax;
    bool renormalise = false;  ///< the weights of a token add up to `scale`
    float scale = 1.0f;
};

void recordRoute(CommandList& commands, Device& device, const RouteArgs& args);

}  // namespace lares::vulkan

// Rotary position embedding, in place: pairs of numbers of each head turn by an angle that grows with the position.
//
// Angles are turns in 64-bit fixed point: a position times the turn of one step wraps around by itself, so the angle of
// position 100,000 is as exact as that of position 1, whatever the device's sine or power is worth. The table of turns
// per step is made on the CPU in double precision, with all scaling of frequencies in it.
#pragma once

#include "vulkan/runtime/buffer.h"

#include <cstdint>
#include <span>
#include <vector>

namespace lares::vulkan {

class CommandList;
class Device;

/// Which two numbers of a head turn together: (2i, 2i+1), or (i, i + rotated/2).
enum class RopePairing : std::uint32_t { adjacent, halves };

/// By how much each of the rotated / 2 pairs turns per position: base^(-2i/rotated) / factors[i] radians, times 1 for
/// pairs up to `unscaledUntil`, `scale` from `scaledFrom` on, and something between for those between. (YaRN, Peng et
/// al. 2023, so keeps what turns fast and stretches what turns slowly; as it stands here every pair is scaled.)
struct RopeFrequencies {
    std::uint32_t rotated = 0;  ///< numbers of a head
    double base = 10000;
    double scale = 1;
    double unscaledUntil = -1;
    double scaledFrom = 0;
    std::span<const float> factors{};  ///< empty or [rotated / 2]
};

/// The table of those turns. Two words per pair (low, high): upload as it is.
std::vector<std::uint32_t> ropeTurns(const RopeFrequencies& frequencies);

struct RopeArgs {
    BufferView heads;  ///< f32 [rows, headCount * headSize], changed in place
    BufferView turns;  ///< u32 [rotated], from ropeTurns()
    BufferView step;   ///< StepParams: row t is at position + t
    std::uint32_t rows = 0;
    std::uint32_t headCount = 0;
    std::uint32_t headSize = 0;
    std::uint32_t rotated = 0;  ///< the first numbers of each head that turn; even, at most headSize
    RopePairing pairing = RopePairing::adjacent;
    float magnitude = 1.0f;  ///< multiplies cosine and sine
};

void recordRope(CommandList& commands, Device& device, const RopeArgs& args);

}  // namespace lares::vulkan

// See rope.h.
#include "vulkan/kernels/rope/rope.h"

#include "vulkan/kernels/common/grid.h"
#include "vulkan/kernels/rope/rope_params.h"
#include "vulkan/kernels/step.h"
#include "vulkan/shaders.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

namespace lares::vulkan {

std::vector<std::uint32_t> ropeTurns(const RopeFrequencies& frequencies) {
    const auto& [rotated, base, scale, unscaledUntil, scaledFrom, factors] = frequencies;
    assert(rotated % 2 == 0 && (factors.empty() || factors.size() == rotated / 2));
    const double transition = std::max(0.001, scaledFrom - unscaledUntil);
    std::vector<std::uint32_t> words;
    words.reserve(rotated);
    for (std::uint32_t i = 0; i < rotated / 2; ++i) {
        const double scaled = std::clamp((i - unscaledUntil) / transition, 0.0, 1.0);
        double radians = (scale * scaled + (1 - scaled)) * std::pow(base, -2.0 * i / rotated);
        if (!factors.empty()) radians /= static_cast<double>(factors[i]);
        double turn = radians / (2 * std::numbers::pi);
        turn -= std::floor(turn);  // whole turns do not matter; a hostile file's infinity becomes NaN and then 0
        if (!(turn >= 0 && turn < 1)) turn = 0;
        const double high = std::floor(std::ldexp(turn, 32));
        const double low = std::floor(std::ldexp(std::ldexp(turn, 32) - high, 32));
        words.push_back(static_cast<std::uint32_t>(low));
        words.push_back(static_cast<std::uint32_t>(high));
    }
    return words;
}

void recordRope(CommandList& commands, Device& device, const RopeArgs& args) {
    assert(args.headCount > 0 && args.rotated > 0 && args.rotated % 2 == 0 && args.rotated <= args.headSize);
    assert(args.heads.size >= std::uint64_t{args.rows} * args.headCount * args.headSize * 4);
    assert(args.turns.size >= std::uint64_t{args.rotated} * 4 && args.step.size >= sizeof(StepParams));
    const std::uint32_t size = workgroupSize(device.info(), 128);
    const std::uint32_t pairs = args.rotated / 2;
    commands.dispatch(device.pipeline(shaders::rope, {{size, static_cast<std::uint32_t>(args.pairing)}}),
                      {readWrite(args.heads), read(args.turns), read(args.step)},
                      RopeParams{args.rows, args.headCount, args.headSize, pairs, args.magnitude},
                      linearGroups(divideUp(args.rows * args.headCount * pairs, size)));
}

}  // namespace lares::vulkan

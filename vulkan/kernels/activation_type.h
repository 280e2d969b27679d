// The activations of feed-forward blocks, gated or not.
#pragma once

#include <cstdint>

namespace lares::vulkan {

/// The numbers are those of activation() in common/activation.glsl.
enum class ActivationType : std::uint32_t {
    silu,         ///< x / (1 + exp(-x))
    geluTanh,     ///< x / (1 + exp(-2 sqrt(2/pi) (x + 0.044715 x^3))), the tanh form of GELU
    clampedSilu,  ///< y / (1 + exp(-1.702 y)) of y = min(x, 7); what it gates counts as clamp(up, -7, 7) + 1
};

}  // namespace lares::vulkan

// The sixteen values of IQ4_NL and IQ4_XS: a nibble is an index into them. Source: ggml's kvalues_iq4nl.
#pragma once

namespace lares::vulkan::blocks {

inline constexpr float kIq4Values[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

}  // namespace lares::vulkan::blocks

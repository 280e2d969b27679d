// The 6-bit scales and minimums of Q4_K and Q5_K: 8 of each in 12 bytes. Groups 0..3 are the low 6 bits of bytes 0..3
// (scales) and 4..7 (minimums); of groups 4..7 the low half bytes of bytes 8..11 (scales) and the high ones (minimums),
// with the top two bits in the top bits of bytes 0..3 and 4..7.
#pragma once

#include "vulkan/formats/block_io.h"

namespace lares::vulkan::blocks {

struct ScaleAndMinimum {
    unsigned scale, minimum;
};

inline ScaleAndMinimum scaleAndMinimum(const std::byte* scales, std::size_t group) {
    if (group < 4) return {byteAt(scales, group) & 63, byteAt(scales, group + 4) & 63};
    return {(byteAt(scales, group + 4) & 15) | (byteAt(scales, group - 4) >> 6) << 4,
            (byteAt(scales, group + 4) >> 4) | (byteAt(scales, group) >> 6) << 4};
}

}  // namespace lares::vulkan::blocks

// How fast memory is read here, as a measure for what bench says of a model.
#pragma once

#include <cstdint>

namespace lares::cli {

/// Bytes per second that `threads` (0: one on each physical core) of the processor read together. Takes a moment, and
/// half a GiB of memory meanwhile. For a Vulkan device see vulkan/kernels/stream_read.
double measureProcessorBandwidth(std::uint32_t threads);

}  // namespace lares::cli

// Reads memory and does nothing with it: how fast a device can read, which is what the speed of generation is measured
// against. No part of any model.
#pragma once

#include "vulkan/runtime/buffer.h"

namespace lares::vulkan {

class CommandList;
class Device;

/// `in`: a multiple of 16 bytes, below 64 GiB. `out`: at least 4 bytes that mean nothing afterwards.
void recordStreamRead(CommandList& commands, Device& device, BufferView in, BufferView out);

/// Bytes per second: the best of some runs over memory that no cache holds. Takes a moment, and up to half of the free
/// memory meanwhile. Throws Error.
double measureReadBandwidth(Device& device);

}  // namespace lares::vulkan

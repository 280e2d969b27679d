// Counts what operator new gives out, so that a test can say how much memory a hostile file may cost, or that something
// asks for none. Linking
// allocation_meter.cpp replaces operator new in the whole test program.
#pragma once

#include <cstddef>

namespace lares::test {

/// Starts a measurement: what is alive now does not count.
void resetAllocationPeak();

/// The most bytes alive at once since then, above what was alive at the start.
std::size_t allocationPeakBytes();

/// How often this thread has asked for memory.
std::size_t allocationCount();

}  // namespace lares::test

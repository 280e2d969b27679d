// The processor as a device: what it is called, which kernels it can run, its cores and the machine's memory.
#pragma once

#include "inference/cpu/kernels/kernels.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace lares::inference::cpu {

struct ProcessorInfo {
    std::string name;                   ///< as it calls itself: "AMD Ryzen 7 5800X"
    std::vector<std::string> features;  ///< of those that there are kernels for: "AVX2", ...
    std::uint32_t cores = 1;            ///< physical ones that this program may use
    std::uint64_t memoryTotalBytes = 0;
    std::uint64_t memoryFreeBytes = 0;  ///< what programs can have without anything being swapped out; now
};

/// Reads what the system says of itself, anew at each call.
ProcessorInfo describeProcessor();

/// All tables that this processor can run. The first is the one to compute with: the fastest of those that were tried
/// on a processor of their kind. The last one runs anywhere.
std::span<const Kernels* const> usableKernels();

}  // namespace lares::inference::cpu

// A case of attention, computed on a device and compared with the reference: for the tests of both shaders.
#pragma once

#include "tests/vulkan/kernels/kernel_test.h"
#include "vulkan/kernels/attention/attention.h"

#include <QMetaType>

#include <algorithm>

namespace lares::tests {

struct AttentionCase {
    std::uint32_t rows, heads, headsKv, headSize, position, capacity;
    vulkan::CacheType type;
    std::uint32_t tokenCount;  ///< of the rows, in use
    std::uint32_t window = 0;  ///< then the cache is a ring
    float softCap = 0;
    bool causal = true;
    bool sinks = false, slopes = false;
    bool manyParts = false;
    vulkan::AttentionKernel kernel = vulkan::AttentionKernel::scalar;
};

/// Scratch as a session makes it: with counters of 0 and, for the rest, whatever is there.
class AttentionScratch : public GuardedBuffer {
 public:
    AttentionScratch(vulkan::Device& device, const vulkan::AttentionShape& shape)
        : GuardedBuffer(device, vulkan::attentionScratchBytes(shape)) {
        std::ranges::fill(counters(), std::byte{0});
    }
    bool intact() {
        return guardsIntact() && std::ranges::all_of(counters(), [](std::byte b) { return b == std::byte{0}; });
    }

 private:
    std::span<std::byte> counters() { return bytes().first(vulkan::kAttentionCounterBytes); }
};

/// What the cache holds, as the device stored it.
std::vector<double> cacheNumbers(GuardedBuffer& cache, vulkan::CacheType type);

std::string attentionCaseName(const AttentionCase& c);

/// Computes the case with random numbers, and looks at everything a dispatch has to leave as it was. Empty when all is
/// well.
std::string attentionDifference(vulkan::Device& device, const AttentionCase& c, const Limits& limits);

}  // namespace lares::tests
Q_DECLARE_METATYPE(lares::tests::AttentionCase)

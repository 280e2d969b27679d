// How long a context a model gets on a device, and the sentence when it does not fit. A pure function of sizes.
#pragma once

#include "inference/program/vulkan_session.h"

#include <functional>
#include <string>

namespace lares::inference {

struct ContextWish {
    std::uint32_t requested = 0;   ///< 0: min(trained, kDefaultContext), less where memory does not allow it
    std::uint32_t trained = 0;     ///< what the model can do
    std::uint32_t deviceMost = 0;  ///< what the device can address
};

struct ContextPlan {
    std::uint32_t length = 0;
    std::string warning;  ///< a sentence when it is less than was asked for or usual, else empty
};

inline constexpr std::uint32_t kDefaultContext = 4096;

/// `needAt(length)` is the memory for a context of that length, growing with it. Throws Error outOfMemory, with all the
/// numbers, when the model does not fit with the context asked for, or, when none was asked for, not even with a short
/// one.
ContextPlan planContext(const ContextWish& wish, std::uint64_t freeBytes, const std::string& deviceName,
                        const std::function<MemoryNeed(std::uint32_t)>& needAt);

/// "3.9 GiB", "512 MiB".
std::string readableBytes(std::uint64_t bytes);

}  // namespace lares::inference

#include "inference/engine/memory_plan.h"

#include "inference/error.h"

#include <algorithm>
#include <cstdio>

namespace lares::inference {

namespace {

constexpr std::uint32_t kContextStep = 256;  ///< granule, and the shortest context that is any use

Error tooLarge(const MemoryNeed& need, std::uint32_t length, std::uint64_t freeBytes, const std::string& deviceName) {
    return Error(
        ErrorKind::outOfMemory,
        "This model needs " + readableBytes(need.total()) + " of memory (" + readableBytes(need.weightsBytes) +
            " for its weights, " + readableBytes(need.cacheBytes) + " for a context of " + std::to_string(length) +
            " tokens, " + readableBytes(need.scratchBytes) + " to compute in), but " + deviceName + " has " +
            readableBytes(freeBytes) +
            " free. Choose a smaller model or a shorter context, or close other programs that use the device.");
}

}  // namespace

std::string readableBytes(std::uint64_t bytes) {
    constexpr const char* kUnits[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double number = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; number >= 1024 && unit + 1 < std::size(kUnits); ++unit) number /= 1024;
    char text[40];
    std::snprintf(text, sizeof text, number < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", number, kUnits[unit]);
    return text;
}

ContextPlan planContext(const ContextWish& wish, std::uint64_t freeBytes, const std::string& deviceName,
                        const std::function<MemoryNeed(std::uint32_t)>& needAt) {
    const std::uint32_t wanted = wish.requested ? wish.requested : std::min(wish.trained, kDefaultContext);
    ContextPlan plan{wanted, {}};
    if (plan.length > wish.trained) {
        plan.length = wish.trained;
        plan.warning = "The context is " + std::to_string(plan.length) + " tokens instead of " +
                       std::to_string(wanted) + ", because the model was made for no more.";
    }
    if (plan.length > wish.deviceMost) {
        plan.length = wish.deviceMost;
        plan.warning = "The context is " + std::to_string(plan.length) + " tokens instead of " +
                       std::to_string(wanted) + ", because " + deviceName + " cannot address more.";
    }
    const auto fits = [&](std::uint32_t length) { return needAt(length).total() <= freeBytes; };
    if (fits(plan.length)) return plan;

    const std::uint32_t shortest = std::min(plan.length, kContextStep);
    if (wish.requested || !fits(shortest)) {
        throw tooLarge(needAt(plan.length), plan.length, freeBytes, deviceName);
    }
    std::uint32_t good = 1;  // in steps; the longest that fits lies in [good, bad)
    std::uint32_t bad = plan.length / kContextStep + 1;
    while (bad - good > 1) {
        const std::uint32_t middle = good + (bad - good) / 2;
        (fits(middle * kContextStep) ? good : bad) = middle;
    }
    plan.warning = "The context is " + std::to_string(good * kContextStep) + " tokens instead of " +
                   std::to_string(plan.length) + ", because " + deviceName + " has only " + readableBytes(freeBytes) +
                   " of memory free.";
    plan.length = good * kContextStep;
    return plan;
}

}  // namespace lares::inference

// See stream_read.h.
#include "vulkan/kernels/stream_read/stream_read.h"

#include "vulkan/kernels/common/grid.h"
#include "vulkan/kernels/stream_read/stream_read_params.h"
#include "vulkan/runtime/command_list.h"
#include "vulkan/shaders.h"

#include <algorithm>
#include <cassert>
#include <chrono>

namespace lares::vulkan {

namespace {

constexpr std::uint64_t kMeasuredBytes = std::uint64_t{512} << 20;  ///< caches are smaller
constexpr std::uint64_t kGranule = std::uint64_t{1} << 20;
constexpr int kReadsPerRun = 8;  ///< so that handing over the work counts little
constexpr int kRuns = 6;

double secondsOf(Device& device, const CommandList& commands) {
    const auto start = std::chrono::steady_clock::now();
    device.wait(device.submit(commands));
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

void recordStreamRead(CommandList& commands, Device& device, BufferView in, BufferView out) {
    constexpr std::uint32_t kTurns = 16;
    assert(in.size % 16 == 0 && in.size / 16 < ~std::uint32_t{0} && out.size >= 4);
    const std::uint32_t size = workgroupSize(device.info(), 256), groupVectors = size * kTurns;
    const StreamReadParams params{static_cast<std::uint32_t>(in.size / 16), groupVectors};
    commands.dispatch(device.pipeline(shaders::stream_read, {{size}}), {read(in), write(out)}, params,
                      linearGroups(divideUp(params.vectors, groupVectors)));
}

double measureReadBandwidth(Device& device) {
    const DeviceLimits& limits = device.info().limits;
    const std::uint64_t window = std::min(limits.maxStorageBufferRangeBytes, kMeasuredBytes) / kGranule * kGranule;
    const std::uint64_t wanted = std::min({kMeasuredBytes, device.freeMemoryBytes() / 2, limits.maxAllocationBytes});
    const std::uint64_t bytes = std::max(kGranule, wanted / kGranule * kGranule);
    const Buffer in = device.createBuffer(bytes, MemoryUse::device, "read");
    const Buffer out = device.createBuffer(256, MemoryUse::device, "unread");
    CommandList filling(device, "fill");  // memory that was never written may be all the same page
    filling.fill(in, 1);
    filling.finish();
    secondsOf(device, filling);

    CommandList reading(device, "read");
    for (int i = 0; i < kReadsPerRun; ++i) {
        for (std::uint64_t at = 0; at < bytes; at += window) {
            recordStreamRead(reading, device, {in, at, std::min(window, bytes - at)}, out);
        }
    }
    reading.finish();
    double best = secondsOf(device, reading);
    for (int run = 1; run < kRuns; ++run) best = std::min(best, secondsOf(device, reading));
    return static_cast<double>(bytes) * kReadsPerRun / best;
}

}  // namespace lares::vulkan

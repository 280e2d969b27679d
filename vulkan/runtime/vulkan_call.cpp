#include "vulkan/runtime/vulkan_call.h"

#include <array>
#include <cstdio>
#include <new>

namespace lares::vulkan {

void rethrowAsError(const std::string& doing) {
    try {
        throw;
    } catch (const Error&) {
        throw;
    } catch (const vk::DeviceLostError& error) {
        throw Error(ErrorKind::deviceLost,
                    "The graphics device stopped answering while " + doing +
                        ". Loading the model again usually helps; if it happens often, a shorter context or the "
                        "processor instead of the device avoids it.",
                    error.what());
    } catch (const vk::OutOfDeviceMemoryError& error) {
        throw Error(ErrorKind::outOfMemory,
                    "The device ran out of memory while " + doing +
                        ". A smaller model, a shorter context or fewer layers on the device need less.",
                    error.what());
    } catch (const vk::OutOfHostMemoryError& error) {
        throw Error(ErrorKind::outOfMemory, "The computer ran out of memory while " + doing + ".", error.what());
    } catch (const std::bad_alloc& error) {
        throw Error(ErrorKind::outOfMemory, "The computer ran out of memory while " + doing + ".", error.what());
    } catch (const vk::SystemError& error) {
        throw Error(ErrorKind::internal, "The graphics driver reported an error while " + doing + ".", error.what());
    }
}

std::string bytesText(uint64_t bytes) {
    static constexpr std::array<const char*, 3> kUnits{"KiB", "MiB", "GiB"};
    if (bytes < 1024) return std::to_string(bytes) + " bytes";
    double value = static_cast<double>(bytes) / 1024;
    size_t unit = 0;
    for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), value < 10 ? "%.1f %s" : "%.0f %s", value, kUnits[unit]);
    return text.data();
}

}  // namespace lares::vulkan

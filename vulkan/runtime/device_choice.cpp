// Which device is used, and the sentence that says why. Pure: no Vulkan call is made here.
#include <algorithm>
#include <tuple>

#include "vulkan/runtime/device_info.h"

namespace lares::vulkan {

namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (size_t i = 0; i < words.size(); ++i) {
        if (i > 0) text += i + 1 == words.size() ? " and " : ", ";
        text += words[i];
    }
    return text;
}

const char* reasonForFirstPlace(DeviceType type) {
    switch (type) {
        case DeviceType::discrete:
            return "a discrete graphics card comes first";
        case DeviceType::integrated:
            return "no discrete graphics card can be used, so the integrated one is taken";
        case DeviceType::virtualGpu:
            return "the virtual device is the best one here";
        case DeviceType::software:
        case DeviceType::other:
            break;
    }
    return "nothing better can be used";
}

std::string verdictOf(const DeviceInfo& device, const DeviceInfo& preferred) {
    if (!device.usable) {
        return "Not used: " + device.name + " (driver " + device.driverName + ") lacks " + joined(device.missing) + ".";
    }
    if (!device.preferred) {
        return "Not used unless asked for: " + preferred.name +
               " comes first; \"vulkan:" + std::to_string(device.index) + "\" selects this one.";
    }
    if (device.type == DeviceType::software) {
        return "Used: no graphics device can be used, so " + device.name +
               " computes in software on the processor, which is slow.";
    }
    return "Used: " + std::string(reasonForFirstPlace(device.type)) + ".";
}

}  // namespace

const char* deviceTypeName(DeviceType type) {
    switch (type) {
        case DeviceType::discrete:
            return "discrete";
        case DeviceType::integrated:
            return "integrated";
        case DeviceType::virtualGpu:
            return "virtual";
        case DeviceType::software:
            return "software";
        case DeviceType::other:
            break;
    }
    return "other";
}

void judgeDevices(std::vector<DeviceInfo>& devices) {
    for (auto& device : devices) device.usable = device.missing.empty();
    std::stable_sort(devices.begin(), devices.end(), [](const DeviceInfo& a, const DeviceInfo& b) {
        return std::tuple(!a.usable, a.type, b.memoryTotalBytes) < std::tuple(!b.usable, b.type, a.memoryTotalBytes);
    });
    for (size_t i = 0; i < devices.size(); ++i) {
        devices[i].index = static_cast<uint32_t>(i);
        devices[i].preferred = i == 0 && devices[i].usable;
    }
    for (auto& device : devices) device.verdict = verdictOf(device, devices.front());
}

}  // namespace lares::vulkan

#include "inference/engine/devices.h"

#include <charconv>

namespace lares::inference {

namespace {

constexpr std::string_view kPrefix = "vulkan:";

std::vector<std::string> featureNames(const vulkan::DeviceFeatures& features) {
    std::vector<std::string> names;
    const auto add = [&](bool has, const char* name) {
        if (has) names.emplace_back(name);
    };
    add(features.float16, "f16");
    add(features.int8, "int8");
    add(features.storage8, "8-bit-storage");
    add(features.storage16, "16-bit-storage");
    add(features.integerDot, "int8-dot");
    add(features.cooperativeMatrix, "cooperative-matrix");
    add(features.subgroupSizeControl, "subgroup-size-control");
    add(features.memoryBudget, "memory-budget");
    add(features.hostVisibleDeviceMemory, "host-visible-memory");
    return names;
}

}  // namespace

std::uint32_t chooseDevice(const vulkan::Instance& instance, const std::string& wanted) {
    if (wanted == "cpu") {
        throw Error(ErrorKind::noDevice,
                    "There is no CPU backend yet; --device vulkan runs on the software Vulkan device where there is no "
                    "graphics card.");
    }
    if (wanted == "auto" || wanted == "vulkan") return instance.preferredDevice();
    std::uint32_t index = 0;
    const char* const end = wanted.data() + wanted.size();
    const bool named = wanted.starts_with(kPrefix) && wanted.size() > kPrefix.size();
    const auto parsed = named ? std::from_chars(wanted.data() + kPrefix.size(), end, index) : std::from_chars_result{};
    if (!named || parsed.ec != std::errc{} || parsed.ptr != end) {
        throw Error(ErrorKind::badRequest,
                    "\"" + wanted +
                        "\" is no device. Say \"auto\", \"vulkan\" or \"vulkan:N\"; lares-engine devices lists them.");
    }
    for (const vulkan::DeviceInfo& info : instance.devices()) {
        if (info.index == index && info.usable) return index;
        if (info.index == index) throw Error(ErrorKind::noDevice, info.verdict);
    }
    throw Error(ErrorKind::noDevice, "There is no device " + wanted + "; this machine has " +
                                         std::to_string(instance.devices().size()) + ".");
}

std::vector<DeviceReport> reportDevices(const vulkan::Instance& instance, const std::string& wanted) {
    std::vector<DeviceReport> reports;
    for (const vulkan::DeviceInfo& info : instance.devices()) {
        DeviceReport report;
        report.id = std::string(kPrefix) + std::to_string(info.index);
        report.name = info.name;
        report.kind = vulkan::deviceTypeName(info.type);
        report.driver = info.driverName + (info.driverInfo.empty() ? "" : " " + info.driverInfo);
        report.memoryTotalBytes = info.memoryTotalBytes;
        if (info.features.memoryBudget) report.memoryFreeBytes = info.memoryFreeBytes;
        report.usable = info.usable;
        report.chosen = wanted == report.id || (info.preferred && (wanted == "auto" || wanted == "vulkan"));
        report.verdict = info.verdict;
        report.features = featureNames(info.features);
        reports.push_back(std::move(report));
    }
    return reports;
}

Error translated(const vulkan::Error& error) {
    const auto kind = [&] {
        switch (error.kind()) {
            case vulkan::ErrorKind::noDevice:
            case vulkan::ErrorKind::validation:
                return ErrorKind::noDevice;
            case vulkan::ErrorKind::unsupported:
            case vulkan::ErrorKind::pipeline:
                return ErrorKind::unsupported;
            case vulkan::ErrorKind::outOfMemory:
                return ErrorKind::outOfMemory;
            case vulkan::ErrorKind::deviceLost:
            case vulkan::ErrorKind::internal:
                return ErrorKind::deviceLost;
        }
        return ErrorKind::deviceLost;
    };
    return Error(kind(), error.what(), error.detail());
}

}  // namespace lares::inference

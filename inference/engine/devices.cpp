#include "inference/engine/devices.h"

#include "inference/cpu/processor.h"

#include <algorithm>
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

/// Vulkan that is computed in software is taken only when it is asked for.
bool isTakenUnasked(const vulkan::DeviceInfo& info) {
    return info.usable && info.type != vulkan::DeviceType::software && info.type != vulkan::DeviceType::other;
}

DeviceReport reportProcessor(const std::vector<DeviceReport>& others, const std::string& wanted, bool chosen) {
    const cpu::ProcessorInfo info = cpu::describeProcessor();
    DeviceReport report;
    report.id = kProcessorId;
    report.name = info.name;
    report.kind = "cpu";
    report.driver = std::string("Lares, ") + cpu::usableKernels().front()->name + ", " + std::to_string(info.cores) +
                    (info.cores == 1 ? " core" : " cores");
    report.memoryTotalBytes = info.memoryTotalBytes;
    report.memoryFreeBytes = info.memoryFreeBytes;
    report.usable = true;
    report.chosen = chosen;
    report.features = info.features;
    const auto other = std::ranges::find_if(others, &DeviceReport::chosen);
    if (wanted == kProcessorId) {
        report.verdict = "Used: it was asked for.";
    } else if (chosen) {
        report.verdict = "Used: there is no graphics card that can be used, so the processor computes.";
    } else {
        report.verdict =
            "Not used unless asked for: " + other->name + " comes first; \"" + kProcessorId + "\" selects this one.";
    }
    return report;
}

}  // namespace

std::optional<std::uint32_t> chooseVulkanDevice(const vulkan::Instance& instance, const std::string& wanted) {
    if (wanted == kProcessorId) return std::nullopt;
    if (wanted == "vulkan") return instance.preferredDevice();
    if (wanted == "auto") {
        const auto preferred = std::ranges::find_if(instance.devices(), isTakenUnasked);
        return preferred != instance.devices().end() ? std::optional(preferred->index) : std::nullopt;
    }
    std::uint32_t index = 0;
    const char* const end = wanted.data() + wanted.size();
    const bool named = wanted.starts_with(kPrefix) && wanted.size() > kPrefix.size();
    const auto parsed = named ? std::from_chars(wanted.data() + kPrefix.size(), end, index) : std::from_chars_result{};
    if (!named || parsed.ec != std::errc{} || parsed.ptr != end) {
        throw Error(ErrorKind::badRequest,
                    "\"" + wanted +
                        "\" is no device. Say \"auto\", \"cpu\", \"vulkan\" or \"vulkan:N\"; lares-engine devices "
                        "lists them.");
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
        report.chosen = wanted == report.id || (info.preferred && wanted == "vulkan") ||
                        (info.preferred && wanted == "auto" && isTakenUnasked(info));
        report.verdict = info.verdict;
        if (info.preferred && !report.chosen && !isTakenUnasked(info)) {
            report.verdict = "Not used unless asked for: it is the processor in disguise, which computes faster as \"" +
                             std::string(kProcessorId) + "\"; \"" + report.id + "\" selects this one.";
        }
        report.features = featureNames(info.features);
        reports.push_back(std::move(report));
    }
    const bool chosen = wanted == kProcessorId || std::ranges::none_of(reports, &DeviceReport::chosen);
    reports.push_back(reportProcessor(reports, wanted, chosen));
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

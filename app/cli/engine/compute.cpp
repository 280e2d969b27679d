#include "app/cli/engine/compute.h"

#include "inference/engine/cpu_backend.h"
#include "inference/engine/devices.h"

#include <charconv>
#include <chrono>
#include <cstdio>

namespace lares::cli {

namespace {

/// "FILE" or "FILE:SCALE". What follows the last colon is part of the name unless it is a number.
inference::Adapter parsedAdapter(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos || colon == 0) return {text};
    float scale = 0;
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + colon + 1, end, scale);
    if (parsed.ec != std::errc() || parsed.ptr != end) return {text};
    return {text.substr(0, colon), scale};
}

}  // namespace

ComputeOptions takeComputeOptions(Arguments& arguments, bool withContext) {
    ComputeOptions options;
    options.device = arguments.value("--device").value_or("auto");
    options.threads = static_cast<std::uint32_t>(takeInteger(arguments, "--threads", 0, 1, 1024));
    options.exact = arguments.flag("--exact");
    while (const auto adapter = arguments.value("--lora")) options.adapters.push_back(parsedAdapter(*adapter));
    if (withContext) {
        options.contextLength = static_cast<std::uint32_t>(takeInteger(arguments, "--context", 0, 1, 1 << 24));
    }
    return options;
}

std::int64_t takeInteger(Arguments& arguments, std::string_view name, std::int64_t absent, std::int64_t least,
                         std::int64_t most) {
    const auto number = arguments.integer(name);
    if (number && (*number < least || *number > most)) {
        throw UsageError(std::string(name) + " must be " + std::to_string(least) + " to " + std::to_string(most) + ".");
    }
    return number.value_or(absent);
}

OpenModel::OpenModel(const std::string& path, const ComputeOptions& options) {
    std::optional<std::uint32_t> index;
    if (options.device != inference::kProcessorId) {
        instance = std::make_unique<vulkan::Instance>();
        index = inference::chooseVulkanDevice(*instance, options.device);
    }
    if (index) {
        device = std::make_unique<vulkan::Device>(*instance, *index);
        backend = std::make_unique<inference::VulkanBackend>(*device);
    } else {
        backend = std::make_unique<inference::CpuBackend>(options.threads);
    }
    const auto start = std::chrono::steady_clock::now();
    model = inference::LoadedModel::load(*backend, {{path, options.contextLength, options.adapters}, options.exact}, {},
                                         {});
    model->requireWriting();
    loadSeconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    for (const std::string& warning : model->info().warnings) {
        std::fprintf(stderr, "lares-engine: %s\n", warning.c_str());
    }
}

}  // namespace lares::cli

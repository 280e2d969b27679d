// `lares-engine plan`: what of a model would lie where, and how large it is. Reads no weights; they need not even be
// there. Lares computes a whole model on one device, so a model that does not fit is refused when it is loaded; how
// many of its layers would fit says how far it is from that.
#include "app/cli/engine/compute.h"
#include "app/cli/engine/output.h"
#include "app/cli/engine/verb.h"
#include "inference/cpu/processor.h"
#include "inference/engine/cpu_backend.h"
#include "inference/engine/devices.h"
#include "inference/engine/memory_plan.h"
#include "inference/gguf/model_info.h"
#include "inference/models/architecture.h"

#include <algorithm>
#include <limits>

namespace lares::cli {

namespace {

using inference::SessionPlan;
using Json = nlohmann::ordered_json;

/// What to plan for: what would compute here or, with a size and no name, an imagined card.
struct Place {
    inference::ComputeTarget target;
    std::uint64_t freeBytes = 0;
    bool imagined = false;
};

Place placeFor(const ComputeOptions& options, std::optional<std::uint64_t> memoryBytes) {
    if (memoryBytes && options.device == "auto") {
        return {inference::vulkanTarget(inference::imaginedDevice(*memoryBytes)), *memoryBytes, true};
    }
    if (options.device != inference::kProcessorId) {
        const vulkan::Instance instance;
        if (const auto index = inference::chooseVulkanDevice(instance, options.device)) {
            const auto device = std::ranges::find(instance.devices(), *index, &vulkan::DeviceInfo::index);
            return {inference::vulkanTarget(*device), memoryBytes.value_or(device->memoryFreeBytes)};
        }
    }
    const inference::ComputeTarget processor = inference::cpuTarget();
    return {processor, memoryBytes.value_or(inference::cpu::describeProcessor().memoryFreeBytes)};
}

Json layersJson(const SessionPlan& plan) {
    Json list = Json::array();
    for (std::uint32_t i = 0; i < plan.layers.size(); ++i) {
        const inference::LayerPlan& layer = plan.layers[i];
        list.push_back({{"layer", i},
                        {"weights_bytes", layer.weightsBytes},
                        {"experts_bytes", layer.expertsBytes},
                        {"cache_bytes", layer.cacheBytes},
                        {"fits", layer.fits}});
    }
    return list;
}

Json expertsJson(const inference::ModelDefinition& model, const SessionPlan& plan) {
    const inference::ExpertParameters& experts = model.parameters.experts;
    if (experts.count == 0) return nullptr;
    std::uint64_t bytes = 0;
    for (const inference::LayerPlan& layer : plan.layers) bytes += layer.expertsBytes;
    return {{"count", experts.count}, {"used", experts.used}, {"bytes", bytes}};
}

int run(Arguments& arguments) {
    const std::int64_t vramBytes =
        takeInteger(arguments, "--vram-bytes", -1, 0, std::numeric_limits<std::int64_t>::max());
    const auto memoryBytes = vramBytes >= 0 ? std::optional(static_cast<std::uint64_t>(vramBytes)) : std::nullopt;
    const ComputeOptions options = takeComputeOptions(arguments, true);
    const std::string path = arguments.word("MODEL");
    arguments.finish();

    const auto file =
        std::make_shared<const inference::GgufFile>(inference::GgufFile::open(path, inference::GgufData::mayBeMissing));
    const inference::ModelDefinition model = inference::defineModel(file);
    const Place place = placeFor(options, memoryBytes);
    SessionPlan plan =
        inference::planSession(model, {options.contextLength, options.exact}, place.target, place.freeBytes);
    try {
        place.target.check(model);
    } catch (const inference::Error& error) {
        plan.refusal = error.what();
    }

    Json warnings = inference::describe(*file).warnings;
    if (!plan.warning.empty()) warnings.push_back(plan.warning);
    printJson({
        {"path", path},
        {"architecture", std::string(file->requireText("general.architecture"))},
        {"device", place.imagined ? Json(nullptr) : Json(place.target.name)},
        {"memory_free_bytes", place.freeBytes},
        {"memory_reserved_bytes", plan.reservedBytes},
        {"fits", plan.refusal.empty()},
        {"refusal", plan.refusal.empty() ? Json(nullptr) : Json(plan.refusal)},
        {"context_length", plan.shape.contextLength},
        {"total_bytes", plan.need.total()},
        {"weights_bytes", plan.need.weightsBytes},
        {"cache_bytes", plan.need.cacheBytes},
        {"scratch_bytes", plan.need.scratchBytes},
        {"bytes_per_token", inference::bytesReadPerToken(model, place.target)},
        {"experts", expertsJson(model, plan)},
        {"layers_that_fit", std::ranges::count_if(plan.layers, &inference::LayerPlan::fits)},
        {"other_weights_bytes", plan.otherWeightsBytes},
        {"layers", layersJson(plan)},
        {"warnings", warnings},
    });
    return 0;
}

}  // namespace

const Verb kPlanVerb = {"plan", "plan MODEL [--context N] [--vram-bytes B] [--device cpu|vulkan|vulkan:N] [--exact]",
                        "what would go where, bytes each; no weights are read", &run};

}  // namespace lares::cli

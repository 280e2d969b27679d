// `lares-engine plan`: what of a model would lie where, and how large it is. Reads no weights; they need not even be
// there. Lares computes a whole model on one device, so a model that does not fit is refused when it is loaded; how
// many of its layers would fit says how far it is from that.
#include "app/cli/engine/compute.h"
#include "app/cli/engine/output.h"
#include "app/cli/engine/verb.h"
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

/// The device to plan for; nullopt where there is none.
std::optional<vulkan::DeviceInfo> deviceFor(const ComputeOptions& options) {
    const vulkan::Instance instance;
    if (options.device == "auto" && !std::ranges::any_of(instance.devices(), &vulkan::DeviceInfo::usable)) {
        return std::nullopt;
    }
    const std::uint32_t index = inference::chooseDevice(instance, options.device);
    return *std::ranges::find(instance.devices(), index, &vulkan::DeviceInfo::index);
}

Json layersJson(const SessionPlan& plan, bool placed) {
    Json list = Json::array();
    for (std::uint32_t i = 0; i < plan.layers.size(); ++i) {
        const inference::LayerPlan& layer = plan.layers[i];
        list.push_back({{"layer", i},
                        {"weights_bytes", layer.weightsBytes},
                        {"experts_bytes", layer.expertsBytes},
                        {"cache_bytes", layer.cacheBytes},
                        {"fits", placed ? Json(layer.fits) : Json(nullptr)}});
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
    const bool anyDevice = vramBytes >= 0;
    const ComputeOptions options = takeComputeOptions(arguments, true);
    const std::string path = arguments.word("MODEL");
    arguments.finish();

    const auto file =
        std::make_shared<const inference::GgufFile>(inference::GgufFile::open(path, inference::GgufData::mayBeMissing));
    const inference::ModelDefinition model = inference::defineModel(file);
    std::optional<vulkan::DeviceInfo> device;
    if (!anyDevice || options.device != "auto") device = deviceFor(options);
    const bool placed = device || anyDevice;  // else nothing is known that it could fit or not
    const std::uint64_t freeBytes =
        anyDevice ? static_cast<std::uint64_t>(vramBytes)
                  : (device ? device->memoryFreeBytes : std::numeric_limits<std::uint64_t>::max());
    const vulkan::DeviceInfo target = device ? *device : inference::imaginedDevice(freeBytes);
    SessionPlan plan = inference::planSession(model, {options.contextLength, options.exact}, target, freeBytes);
    if (device) {
        try {
            inference::VulkanSession::check(model, *device);
        } catch (const inference::Error& error) {
            plan.refusal = error.what();
        }
    }

    Json warnings = inference::describe(*file).warnings;
    if (!plan.warning.empty()) warnings.push_back(plan.warning);
    printJson({
        {"path", path},
        {"architecture", std::string(file->requireText("general.architecture"))},
        {"device", device ? Json(device->name) : Json(nullptr)},
        {"memory_free_bytes", placed ? Json(freeBytes) : Json(nullptr)},
        {"memory_reserved_bytes", placed ? Json(plan.reservedBytes) : Json(nullptr)},
        {"fits", placed ? Json(plan.refusal.empty()) : Json(nullptr)},
        {"refusal", plan.refusal.empty() ? Json(nullptr) : Json(plan.refusal)},
        {"context_length", plan.shape.contextLength},
        {"total_bytes", plan.need.total()},
        {"weights_bytes", plan.need.weightsBytes},
        {"cache_bytes", plan.need.cacheBytes},
        {"scratch_bytes", plan.need.scratchBytes},
        {"bytes_per_token", inference::bytesReadPerToken(model)},
        {"experts", expertsJson(model, plan)},
        {"layers_that_fit",
         placed ? Json(std::ranges::count_if(plan.layers, &inference::LayerPlan::fits)) : Json(nullptr)},
        {"other_weights_bytes", plan.otherWeightsBytes},
        {"layers", layersJson(plan, placed)},
        {"warnings", warnings},
    });
    return 0;
}

}  // namespace

const Verb kPlanVerb = {"plan", "plan MODEL [--context N] [--vram-bytes B] [--device vulkan|vulkan:N] [--exact]",
                        "what would go where, bytes each; no weights are read", &run};

}  // namespace lares::cli

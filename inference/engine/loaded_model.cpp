#include "inference/engine/loaded_model.h"

#include "inference/engine/memory_plan.h"
#include "inference/gguf/model_info.h"
#include "inference/models/architecture.h"

#include <algorithm>

namespace lares::inference {

namespace {

/// How much a device is given at once.
struct Portions {
    /// Tokens of one prefill step: enough to keep the device busy, few enough that a step is over soon when someone
    /// wants to stop. Fixed by the kind of device and not measured, so that a prompt is always computed the same way.
    std::uint32_t chunkLength;
    /// Multiply-adds of one submission: a fraction of a second on the slowest of the kind. Drivers of graphics cards
    /// reset a device that is busy for seconds; a software device has no such limit.
    std::uint64_t workPerSubmit;
};

Portions portionsFor(vulkan::DeviceType type) {
    constexpr std::uint64_t kBillion = 1'000'000'000;
    switch (type) {
        case vulkan::DeviceType::discrete:
            return {512, 100 * kBillion};
        case vulkan::DeviceType::integrated:
        case vulkan::DeviceType::virtualGpu:
            return {128, 25 * kBillion};
        case vulkan::DeviceType::software:
        case vulkan::DeviceType::other:
            break;
    }
    return {32, ~std::uint64_t{0}};
}

/// Free memory that is left to the rest of the system.
std::uint64_t reserveBytes(const vulkan::DeviceInfo& info) {
    return std::min<std::uint64_t>(std::uint64_t{256} << 20, info.memoryTotalBytes / 16);
}

SessionShape planSession(vulkan::Device& device, const ModelDefinition& definition, const LoadOptions& options,
                         ModelInfo& info) {
    const vulkan::DeviceInfo& deviceInfo = device.info();
    const vulkan::CacheType cacheType = options.exact ? vulkan::CacheType::f32 : vulkan::CacheType::f16;
    const Portions portions = portionsFor(deviceInfo.type);
    const auto shapeAt = [&](std::uint32_t length) {
        return SessionShape{length, std::min(portions.chunkLength, length), cacheType, portions.workPerSubmit};
    };
    const std::uint64_t free = device.freeMemoryBytes();
    const std::uint64_t reserve = reserveBytes(deviceInfo);
    const ContextPlan plan =
        planContext({options.request.contextLength, definition.parameters.contextLength,
                     VulkanSession::mostContext(definition, cacheType, deviceInfo)},
                    free > reserve ? free - reserve : 0, deviceInfo.name,
                    [&](std::uint32_t length) { return VulkanSession::memoryNeed(definition, shapeAt(length)); });
    if (!plan.warning.empty()) info.warnings.push_back(plan.warning);
    return shapeAt(plan.length);
}

/// Every weight is read once per token, but of an embedding that is not the output, too, only one row, and of experts
/// only the chosen ones.
std::uint64_t bytesReadPerToken(const ModelDefinition& definition) {
    const Program program = definition.program(1, 1);
    std::uint64_t sum = 0;
    for (const Operation& operation : program.operations) {
        if (const auto* op = std::get_if<Matmul>(&operation)) {
            const WeightSource& weight = definition.weights[op->weight];
            sum += vulkan::packedMatrixBytes(*weight.format, weight.rows, weight.columns);
        }
        if (const auto* op = std::get_if<ExpertMatmul>(&operation)) {
            const WeightSource& weight = definition.weights[op->weight];
            const std::uint64_t all = vulkan::packedMatrixBytes(*weight.format, weight.rows, weight.columns);
            sum += all / op->expertCount * program.values[op->experts].width;
        }
    }
    return sum;
}

}  // namespace

std::unique_ptr<LoadedModel> LoadedModel::load(vulkan::Device& device, const LoadOptions& options,
                                               const std::function<void(const LoadProgress&)>& onProgress,
                                               std::stop_token stop) {
    const auto file = std::make_shared<const GgufFile>(GgufFile::open(options.request.path));
    const ModelDefinition definition = defineModel(file);
    Tokenizer tokenizer = Tokenizer::create(*file);
    if (tokenizer.vocabularySize() != definition.parameters.vocabularySize) {
        throw Error(ErrorKind::badFile, "The model file is damaged: its vocabulary has " +
                                            std::to_string(tokenizer.vocabularySize()) +
                                            " tokens, its tensors are made for " +
                                            std::to_string(definition.parameters.vocabularySize) + ".");
    }
    VulkanSession::check(definition, device.info());
    ModelInfo info = describe(*file);
    for (const std::string& warning : tokenizer.warnings()) info.warnings.push_back(warning);
    const SessionShape shape = planSession(device, definition, options, info);

    std::uint64_t total = 0;
    for (const WeightSource& weight : definition.weights) total += weight.sizeBytes;
    std::optional<VulkanWeights> weights = VulkanWeights::upload(
        device, definition.weights,
        [&](std::uint64_t done) {
            if (onProgress) onProgress({done, total});
        },
        stop);
    if (!weights) return nullptr;
    std::unique_ptr<LoadedModel> model(
        new LoadedModel(device, *file, std::move(info), std::move(tokenizer), definition, std::move(*weights), shape));
    return stop.stop_requested() ? nullptr : std::move(model);
}

LoadedModel::LoadedModel(vulkan::Device& device, const GgufFile& file, ModelInfo info, Tokenizer tokenizer,
                         const ModelDefinition& definition, VulkanWeights weights, const SessionShape& shape)
    : m_info(std::move(info)),
      m_tokenizer(std::move(tokenizer)),
      m_chatPrompt(file, m_info, m_tokenizer),
      m_deviceName(device.info().name),
      m_bytesPerToken(bytesReadPerToken(definition)),
      m_session(device, definition, std::move(weights), shape),
      m_context(m_session) {
    for (const std::string& warning : m_chatPrompt.warnings()) m_info.warnings.push_back(warning);
}

}  // namespace lares::inference

#include "inference/engine/loaded_model.h"

#include "inference/engine/memory_plan.h"
#include "inference/gguf/model_info.h"
#include "inference/models/architecture.h"

namespace lares::inference {

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
    const SessionPlan plan = planSession(definition, {options.request.contextLength, options.exact}, device.info(),
                                         device.freeMemoryBytes());
    if (!plan.refusal.empty()) throw Error(ErrorKind::outOfMemory, plan.refusal);
    if (!plan.warning.empty()) info.warnings.push_back(plan.warning);

    std::uint64_t total = 0;
    for (const WeightSource& weight : definition.weights) total += weight.sizeBytes;
    std::optional<VulkanWeights> weights = VulkanWeights::upload(
        device, definition.weights,
        [&](std::uint64_t done) {
            if (onProgress) onProgress({done, total});
        },
        stop);
    if (!weights) return nullptr;
    std::unique_ptr<LoadedModel> model(new LoadedModel(device, *file, std::move(info), std::move(tokenizer), definition,
                                                       std::move(*weights), plan.shape));
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

#include "inference/engine/loaded_model.h"

#include "inference/engine/memory_plan.h"
#include "inference/gguf/model_info.h"

#include <algorithm>

namespace lares::inference {

namespace {

/// Those that are open already stay open.
std::vector<LoraAdapter> openAdapters(const std::vector<Adapter>& adapters, std::span<const LoraAdapter> open) {
    std::vector<LoraAdapter> result;
    for (const Adapter& adapter : adapters) {
        const auto same =
            std::ranges::find_if(open, [&](const LoraAdapter& one) { return one.file->path() == adapter.path; });
        result.push_back(
            {same != open.end() ? same->file : std::make_shared<const GgufFile>(GgufFile::open(adapter.path)),
             adapter.scale});
    }
    return result;
}

}  // namespace

std::unique_ptr<LoadedModel> LoadedModel::load(Backend& backend, const LoadOptions& options,
                                               const std::function<void(const LoadProgress&)>& onProgress,
                                               std::stop_token stop) {
    const auto file = std::make_shared<const GgufFile>(GgufFile::open(options.request.path));
    ModelDefinition base = defineModel(file);
    Tokenizer tokenizer = Tokenizer::create(*file);
    if (tokenizer.vocabularySize() != base.parameters.vocabularySize) {
        throw Error(ErrorKind::badFile,
                    "The model file is damaged: its vocabulary has " + std::to_string(tokenizer.vocabularySize()) +
                        " tokens, its tensors are made for " + std::to_string(base.parameters.vocabularySize) + ".");
    }
    ModelInfo info = describe(*file);
    std::vector<LoraAdapter> adapters = openAdapters(options.request.adapters, {});
    const ModelDefinition definition = withAdapters(base, info.architecture, adapters);
    backend.target().check(definition);
    info.embeds = base.parameters.pooling != Pooling::none;
    for (const std::string& warning : tokenizer.warnings()) info.warnings.push_back(warning);
    const SessionPlan plan = planSession(definition, {options.request.contextLength, options.exact}, backend.target(),
                                         backend.freeMemoryBytes());
    if (!plan.refusal.empty()) throw Error(ErrorKind::outOfMemory, plan.refusal);
    if (!plan.warning.empty()) info.warnings.push_back(plan.warning);

    std::uint64_t total = 0;
    for (const WeightSource& weight : definition.weights) total += weight.sizeBytes;
    std::unique_ptr<Session> session = backend.open(
        definition, plan.shape,
        [&](std::uint64_t done) {
            if (onProgress) onProgress({done, total});
        },
        stop);
    if (!session) return nullptr;
    std::unique_ptr<LoadedModel> model(new LoadedModel(backend, *file, std::move(info), std::move(tokenizer),
                                                       std::move(base), definition, std::move(session)));
    model->m_adapters = std::move(adapters);
    return stop.stop_requested() ? nullptr : std::move(model);
}

LoadedModel::LoadedModel(Backend& backend, const GgufFile& file, ModelInfo info, Tokenizer tokenizer,
                         ModelDefinition base, const ModelDefinition& definition, std::unique_ptr<Session> session)
    : m_info(std::move(info)),
      m_tokenizer(std::move(tokenizer)),
      m_chatPrompt(file, m_info, m_tokenizer),
      m_backend(backend),
      m_base(std::move(base)),
      m_bytesPerToken(bytesReadPerToken(definition, backend.target())),
      m_pooling(definition.parameters.pooling),
      m_session(std::move(session)),
      m_context(*m_session) {
    for (const std::string& warning : m_chatPrompt.warnings()) m_info.warnings.push_back(warning);
    for (WeightSource& weight : m_base.weights) weight.read = nullptr;  // holds the file open
}

void LoadedModel::setAdapters(const std::vector<Adapter>& wanted) {
    std::vector<LoraAdapter> adapters = openAdapters(wanted, m_adapters);
    const ModelDefinition definition = withAdapters(m_base, m_info.architecture, adapters);
    const bool sameFiles = std::ranges::equal(adapters, m_adapters, {}, &LoraAdapter::file, &LoraAdapter::file);
    if (!sameFiles) requireRoomFor(definition);
    m_session->adapt(definition, static_cast<WeightId>(sameFiles ? definition.weights.size() : m_base.weights.size()));
    m_context.clear();
    m_adapters = std::move(adapters);
    m_bytesPerToken = bytesReadPerToken(definition, m_backend.target());
}

/// For adapters beside those there are: these go when the others are there, so they make no room for them.
void LoadedModel::requireRoomFor(const ModelDefinition& definition) const {
    const ComputeTarget& target = m_backend.target();
    target.check(definition);
    const std::uint64_t with = target.memoryNeed(definition, m_session->shape()).total();
    const std::uint64_t without = target.memoryNeed(m_base, m_session->shape()).total();
    const std::uint64_t needed = with > without ? with - without : 0;
    const std::uint64_t free = m_backend.freeMemoryBytes();
    const std::uint64_t usable = free - std::min(free, reserveBytes(target));
    if (needed > usable) {
        throw Error(ErrorKind::outOfMemory, "The adapters need " + readableBytes(needed) + " of memory, but " +
                                                target.name + " has " + readableBytes(usable) +
                                                " free. Choose fewer, or load the model with a shorter context.");
    }
}

void LoadedModel::requireWriting() const {
    if (m_pooling == Pooling::none) return;
    throw Error(ErrorKind::badRequest,
                "This is an embedding model: it turns texts into numbers and cannot write. Choose another model.");
}

}  // namespace lares::inference

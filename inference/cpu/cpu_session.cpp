#include "inference/cpu/cpu_session.h"

#include "inference/error.h"

namespace lares::inference::cpu {

namespace {

/// Programs kept. Answers need two (a chunk, one token); ends of prompts come in all lengths.
constexpr std::size_t kMostPrograms = 24;

}  // namespace

void CpuSession::check(const ModelDefinition& model) {
    const std::uint32_t size = model.parameters.headSize;
    if (size > kMostHeadSize) {
        throw Error(ErrorKind::unsupported, "This model's attention heads have " + std::to_string(size) +
                                                " numbers; Lares computes heads of up to " +
                                                std::to_string(kMostHeadSize) + ".");
    }
}

MemoryNeed CpuSession::memoryNeed(const ModelDefinition& model, const SessionShape& shape) {
    MemoryNeed need;
    for (const WeightSource& weight : model.weights) need.weightsBytes += CpuWeights::sizeBytes(weight);
    for (std::uint32_t layer = 0; layer < model.parameters.layerCount; ++layer) {
        const auto [keys, values] = cacheBytes(model, layer, shape);
        need.cacheBytes += keys + values;
    }
    const Program program = model.program(shape.chunkLength, mostStepRows(model, shape));
    need.scratchBytes = program.scratchSize * sizeof(float) +
                        Executor::scratchBytes(program, model.weights, shape.cacheType == CacheType::f32);
    return need;
}

CpuSession::CpuSession(ThreadPool& pool, const Kernels& kernels, const ModelDefinition& model, CpuWeights weights,
                       const SessionShape& shape)
    : Session(model, shape),
      m_pool(pool),
      m_program(model.program),
      m_weights(std::move(weights)),
      m_executor(pool, kernels, m_weights, m_caches, shape) {
    const HyperParameters& p = model.parameters;
    for (std::uint32_t layer = 0; layer < p.layerCount; ++layer) {
        const auto [keys, values] = cacheBytes(model, layer, shape);
        m_caches.push_back({AlignedMemory(keys), AlignedMemory(values), shape.cache().capacity(p.window(layer)),
                            p.headCountKv, p.headSize});
    }
    reserve(m_program(shape.chunkLength, mostOutputRows()));
}

void CpuSession::change(const ModelDefinition& model, WeightId kept) {
    CpuWeights added = *CpuWeights::load(m_pool, std::span(model.weights).subspan(kept), {}, {});
    m_programs.clear();
    m_weights.replaceFrom(kept, std::move(added));
    m_executor.forgetWeights();
    m_program = model.program;
    reserve(m_program(shape().chunkLength, mostOutputRows()));
}

std::span<float> CpuSession::compute(std::span<const TokenId> tokens, std::uint32_t position,
                                     std::span<const std::uint32_t> outputRows) {
    const Program& step =
        program(static_cast<std::uint32_t>(tokens.size()), static_cast<std::uint32_t>(outputRows.size()));
    float* const values = m_values.as<float>().data();
    m_executor.begin({tokens, position, outputRows});
    m_executor.run(step, step.operations, values);
    if (outputRows.empty()) return {};
    const Value& logits = step.values[step.logits];
    return {values + logits.scratchOffset, logits.size()};
}

const Program& CpuSession::program(std::uint32_t tokenCount, std::uint32_t outputRows) {
    const std::pair key{tokenCount, outputRows};
    if (const auto found = m_programs.find(key); found != m_programs.end()) return found->second;
    if (m_programs.size() >= kMostPrograms) m_programs.clear();
    Program& made = m_programs[key] = m_program(tokenCount, outputRows);
    reserve(made);
    return made;
}

void CpuSession::reserve(const Program& program) {
    m_executor.reserve(program);
    if (m_values.size() >= program.scratchSize * sizeof(float)) return;
    m_values = {};
    m_values = AlignedMemory(program.scratchSize * sizeof(float));
}

}  // namespace lares::inference::cpu

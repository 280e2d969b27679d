#include "inference/program/vulkan_session.h"

#include "inference/error.h"
#include "vulkan/kernels/attention/attention.h"
#include "vulkan/kernels/step.h"

#include <algorithm>
#include <cstring>

namespace lares::inference {

namespace {

/// Offsets in the input buffer; 256 is the strictest alignment a device may ask for.
constexpr std::uint64_t kTokensOffset = 256;

/// Recorded lists kept. Answers need two (a chunk, one token); ends of prompts come in all lengths.
constexpr std::size_t kMaxRecorded = 24;

/// Of the tokens, and of the output rows behind them: as many at most.
std::uint64_t idsBytes(std::uint32_t chunkLength) {
    return (chunkLength * sizeof(std::uint32_t) + 255) / 256 * 256;
}

std::uint64_t outputRowsOffset(std::uint32_t chunkLength) {
    return kTokensOffset + idsBytes(chunkLength);
}

std::uint64_t inputBytes(std::uint32_t chunkLength) {
    return kTokensOffset + 2 * idsBytes(chunkLength);
}

std::uint64_t resultBytes(const ModelDefinition& model, const SessionShape& shape) {
    return std::uint64_t{mostStepRows(model, shape)} * model.parameters.outputWidth() * sizeof(float);
}

}  // namespace

void VulkanSession::check(const ModelDefinition& model, const vulkan::DeviceInfo& device) {
    const HyperParameters& p = model.parameters;
    if (p.headSize % 4 != 0 || p.headSize > 256) {
        throw Error(ErrorKind::unsupported, "This model's attention heads have " + std::to_string(p.headSize) +
                                                " numbers; Lares computes heads of 4 to 256, in steps of 4.");
    }
    for (const WeightSource& weight : model.weights) {
        if (weight.shape == WeightShape::matrix &&
            weight.format->packedRowBytes(weight.columns) > device.limits.maxStorageBufferRangeBytes) {
            throw Error(ErrorKind::unsupported, "One row of " + weight.name + " is too long for " + device.name + ".");
        }
    }
}

MemoryNeed VulkanSession::memoryNeed(const ModelDefinition& model, const SessionShape& shape) {
    const HyperParameters& p = model.parameters;
    MemoryNeed need;
    for (const WeightSource& weight : model.weights) need.weightsBytes += VulkanWeights::sizeBytes(weight);
    for (std::uint32_t layer = 0; layer < p.layerCount; ++layer)
        need.cacheBytes += layerCacheBytes(model, layer, shape);
    const Program program = model.program(shape.chunkLength, mostStepRows(model, shape));
    need.scratchBytes = program.scratchSize * sizeof(float) + attentionScratchBytes(program, shape.cache()) +
                        resultBytes(model, shape) + inputBytes(shape.chunkLength);
    return need;
}

std::uint32_t VulkanSession::mostContext(const ModelDefinition& model, CacheType type,
                                         const vulkan::DeviceInfo& device) {
    const HyperParameters& p = model.parameters;
    std::uint64_t bytesPerPosition = std::uint64_t{p.kvWidth()} * vulkan::cacheTypeBytes(type);
    if (!p.causal) {
        for (const Value& value : model.program(1, 1).values) {
            bytesPerPosition = std::max(bytesPerPosition, value.size() * sizeof(float));
        }
    }
    const std::uint64_t most = device.limits.maxStorageBufferRangeBytes / bytesPerPosition;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(most, ~std::uint32_t{0}));
}

VulkanSession::VulkanSession(vulkan::Device& device, const ModelDefinition& model, VulkanWeights weights,
                             const SessionShape& shape)
    : Session(model, shape),
      m_device(device),
      m_program(model.program),
      m_outputWidth(model.parameters.outputWidth()),
      m_weights(std::move(weights)),
      m_ropeTables(device, m_weights, shape.contextLength) {
    const HyperParameters& p = model.parameters;
    for (std::uint32_t layer = 0; layer < p.layerCount; ++layer) {
        const std::string name = "cache " + std::to_string(layer);
        const std::uint64_t bytes = layerCacheBytes(model, layer, shape) / 2;
        m_caches.push_back({device.createBuffer(bytes, vulkan::MemoryUse::device, name + " keys"),
                            device.createBuffer(bytes, vulkan::MemoryUse::device, name + " values")});
    }
    m_input = device.createBuffer(inputBytes(shape.chunkLength), vulkan::MemoryUse::upload, "step input");
    m_logits = device.createBuffer(resultBytes(model, shape), vulkan::MemoryUse::readback, "logits");
    growScratchForLargest();
}

void VulkanSession::change(const ModelDefinition& model, WeightId kept) {
    VulkanWeights added = *VulkanWeights::upload(m_device, std::span(model.weights).subspan(kept), {}, {});
    m_commands.clear();
    m_weights.replaceFrom(kept, std::move(added));
    m_program = model.program;
    growScratchForLargest();
}

std::span<float> VulkanSession::compute(std::span<const TokenId> tokens, std::uint32_t position,
                                        std::span<const std::uint32_t> outputRows) {
    const auto tokenCount = static_cast<std::uint32_t>(tokens.size());
    const Lists& lists = commands(tokenCount, static_cast<std::uint32_t>(outputRows.size()));

    const std::span<std::byte> input = m_input.mapped();
    const vulkan::StepParams step{position, tokenCount};
    std::memcpy(input.data(), &step, sizeof step);
    std::memcpy(input.data() + kTokensOffset, tokens.data(), tokens.size_bytes());
    if (!outputRows.empty()) {
        std::memcpy(input.data() + outputRowsOffset(shape().chunkLength), outputRows.data(), outputRows.size_bytes());
    }
    std::uint64_t last = 0;
    for (const vulkan::CommandList& list : lists) last = m_device.submit(list);
    m_device.wait(last);
    return {reinterpret_cast<float*>(m_logits.mapped().data()), outputRows.size() * m_outputWidth};
}

std::optional<StepCommands> VulkanSession::commandsPerToken() {
    const Lists& lists = commands(1, 1);
    StepCommands sum{0, static_cast<std::uint32_t>(lists.size()) - 1};  // each list waits for the one before
    for (const vulkan::CommandList& list : lists) {
        sum.dispatches += list.stepCount();
        sum.barriers += list.barrierCount();
    }
    return sum;
}

const VulkanSession::Lists& VulkanSession::commands(std::uint32_t tokenCount, std::uint32_t outputRows) {
    const std::pair key{tokenCount, outputRows};
    if (const auto found = m_commands.find(key); found != m_commands.end()) return found->second;
    const Program program = m_program(tokenCount, outputRows);
    const FusedProgram fused = fuseFor(m_device, m_weights, program, shape().cacheType);
    growScratch(fused.scratchSize * sizeof(float), attentionScratchBytes(program, shape().cache()));
    if (m_commands.size() >= kMaxRecorded) m_commands.clear();

    const std::uint64_t rowsOffset = outputRowsOffset(shape().chunkLength);
    const VulkanMemory memory{m_weights,
                              m_ropeTables,
                              m_caches,
                              shape().cacheType,
                              shape().cache(),
                              m_scratch,
                              m_attentionScratch,
                              {m_input, 0, sizeof(vulkan::StepParams)},
                              {m_input, kTokensOffset, rowsOffset - kTokensOffset},
                              {m_input, rowsOffset, idsBytes(shape().chunkLength)},
                              m_logits};
    Lists lists = recordProgram(m_device, program, fused, memory, shape().workPerSubmit);
    return m_commands.emplace(key, std::move(lists)).first->second;
}

void VulkanSession::growScratchForLargest() {
    const Program largest = m_program(shape().chunkLength, mostOutputRows());
    growScratch(largest.scratchSize * sizeof(float), attentionScratchBytes(largest, shape().cache()));
}

/// Recorded lists know the buffers they were recorded with, so they go when a buffer does.
void VulkanSession::growScratch(std::uint64_t scratchBytes, std::uint64_t attentionBytes) {
    if (!m_scratch || m_scratch.size() < scratchBytes) {
        m_commands.clear();
        m_scratch = {};
        m_scratch = m_device.createBuffer(scratchBytes, vulkan::MemoryUse::device, "scratch");
    }
    if (!m_attentionScratch || m_attentionScratch.size() < attentionBytes) {
        m_commands.clear();
        m_attentionScratch = {};
        m_attentionScratch = m_device.createBuffer(attentionBytes, vulkan::MemoryUse::device, "attention scratch");
        vulkan::CommandList counters(m_device, "attention counters");
        counters.fill(vulkan::BufferView(m_attentionScratch).sub(0, vulkan::kAttentionCounterBytes), 0);
        counters.finish();
        m_device.submit(counters);
    }
}

}  // namespace lares::inference

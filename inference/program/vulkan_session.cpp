#include "inference/program/vulkan_session.h"

#include "inference/error.h"
#include "vulkan/kernels/step.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace lares::inference {

namespace {

/// Offsets in the input buffer; 256 is the strictest alignment a device may ask for.
constexpr std::uint64_t kTokensOffset = 256;

/// Rows of logits are long, and nobody needs many at once.
constexpr std::uint32_t kMaxLogitRows = 16;

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

CacheShape cacheShape(const SessionShape& shape) {
    return {shape.contextLength, shape.chunkLength};
}

/// Of the keys, or of the values.
std::uint64_t layerCacheBytes(const HyperParameters& p, std::uint32_t layer, const SessionShape& shape) {
    return std::uint64_t{cacheShape(shape).capacity(p.window(layer))} * p.kvWidth() *
           vulkan::cacheTypeBytes(shape.cacheType);
}

std::uint32_t mostRowsOf(const ModelDefinition& model, const SessionShape& shape) {
    return model.parameters.pooling == Pooling::mean ? shape.chunkLength : std::min(kMaxLogitRows, shape.chunkLength);
}

std::uint64_t resultBytes(const ModelDefinition& model, const SessionShape& shape) {
    return std::uint64_t{mostRowsOf(model, shape)} * model.parameters.outputWidth() * sizeof(float);
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
    for (std::uint32_t layer = 0; layer < p.layerCount; ++layer) need.cacheBytes += cacheBytes(model, layer, shape);
    const Program program = model.program(shape.chunkLength, mostRowsOf(model, shape));
    need.scratchBytes = program.scratchSize * sizeof(float) + attentionScratchBytes(program, cacheShape(shape)) +
                        resultBytes(model, shape) + inputBytes(shape.chunkLength);
    return need;
}

std::uint64_t VulkanSession::cacheBytes(const ModelDefinition& model, std::uint32_t layer, const SessionShape& shape) {
    return 2 * layerCacheBytes(model.parameters, layer, shape);
}

std::uint32_t VulkanSession::mostContext(const ModelDefinition& model, vulkan::CacheType type,
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
    : m_device(device),
      m_program(model.program),
      m_outputWidth(model.parameters.outputWidth()),
      m_mostOutputRows(mostRowsOf(model, shape)),
      m_causal(model.parameters.causal),
      m_windows(model.parameters.windows),
      m_shape(shape),
      m_weights(std::move(weights)),
      m_ropeTables(device, m_weights, shape.contextLength) {
    assert(shape.contextLength > 0 && shape.chunkLength > 0);
    const HyperParameters& p = model.parameters;
    for (std::uint32_t layer = 0; layer < p.layerCount; ++layer) {
        const std::string name = "cache " + std::to_string(layer);
        const std::uint64_t bytes = layerCacheBytes(p, layer, shape);
        m_caches.push_back({device.createBuffer(bytes, vulkan::MemoryUse::device, name + " keys"),
                            device.createBuffer(bytes, vulkan::MemoryUse::device, name + " values")});
    }
    m_input = device.createBuffer(inputBytes(shape.chunkLength), vulkan::MemoryUse::upload, "step input");
    m_logits = device.createBuffer(resultBytes(model, shape), vulkan::MemoryUse::readback, "logits");
    growScratchForLargest();
}

void VulkanSession::adapt(const ModelDefinition& model, WeightId first, VulkanWeights weights) {
    m_commands.clear();
    m_weights.replaceFrom(first, std::move(weights));
    adapt(model);
}

void VulkanSession::adapt(const ModelDefinition& model) {
    m_commands.clear();
    m_program = model.program;
    m_filledTo = 0;
    growScratchForLargest();
}

bool VulkanSession::holds(std::uint32_t position) const {
    return std::ranges::all_of(m_windows, [&](std::uint32_t window) {
        const std::uint32_t capacity = cacheShape(m_shape).capacity(window);
        const std::uint32_t lost = m_filledTo > capacity ? m_filledTo - capacity : 0;  // positions below
        const std::uint32_t first = window != 0 && position + 1 > window ? position + 1 - window : 0;
        return position == 0 || lost <= first;
    });
}

std::span<float> VulkanSession::step(std::span<const TokenId> tokens, std::uint32_t position,
                                     std::span<const std::uint32_t> outputRows) {
    assert(!tokens.empty() && tokens.size() <= m_shape.chunkLength && outputRows.size() <= m_mostOutputRows);
    assert(position + tokens.size() <= m_shape.contextLength && holds(position));
    assert(m_causal || position == 0);
    assert(std::is_sorted(outputRows.begin(), outputRows.end()));
    const auto tokenCount = static_cast<std::uint32_t>(tokens.size());
    m_filledTo = position == 0 ? tokenCount : std::max(m_filledTo, position + tokenCount);
    const Lists& lists = commands(tokenCount, static_cast<std::uint32_t>(outputRows.size()));

    const std::span<std::byte> input = m_input.mapped();
    const vulkan::StepParams step{position, tokenCount};
    std::memcpy(input.data(), &step, sizeof step);
    std::memcpy(input.data() + kTokensOffset, tokens.data(), tokens.size_bytes());
    if (!outputRows.empty()) {
        std::memcpy(input.data() + outputRowsOffset(m_shape.chunkLength), outputRows.data(), outputRows.size_bytes());
    }
    std::uint64_t last = 0;
    for (const vulkan::CommandList& list : lists) last = m_device.submit(list);
    m_device.wait(last);
    return {reinterpret_cast<float*>(m_logits.mapped().data()), outputRows.size() * m_outputWidth};
}

const VulkanSession::Lists& VulkanSession::commands(std::uint32_t tokenCount, std::uint32_t outputRows) {
    const std::pair key{tokenCount, outputRows};
    if (const auto found = m_commands.find(key); found != m_commands.end()) return found->second;
    const Program program = m_program(tokenCount, outputRows);
    growScratch(program.scratchSize * sizeof(float), attentionScratchBytes(program, cacheShape(m_shape)));
    if (m_commands.size() >= kMaxRecorded) m_commands.clear();

    const std::uint64_t rowsOffset = outputRowsOffset(m_shape.chunkLength);
    const VulkanMemory memory{m_weights,
                              m_ropeTables,
                              m_caches,
                              m_shape.cacheType,
                              cacheShape(m_shape),
                              m_scratch,
                              m_attentionScratch,
                              {m_input, 0, sizeof(vulkan::StepParams)},
                              {m_input, kTokensOffset, rowsOffset - kTokensOffset},
                              {m_input, rowsOffset, idsBytes(m_shape.chunkLength)},
                              m_logits};
    Lists lists = recordProgram(m_device, program, memory, m_shape.workPerSubmit);
    return m_commands.emplace(key, std::move(lists)).first->second;
}

void VulkanSession::growScratchForLargest() {
    const Program largest = m_program(m_shape.chunkLength, m_mostOutputRows);
    growScratch(largest.scratchSize * sizeof(float), attentionScratchBytes(largest, cacheShape(m_shape)));
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
    }
}

}  // namespace lares::inference

// One model at work: its weights, its key/value cache, and the steps over them. A step takes a batch of tokens at a
// position; what the tokens mean is the caller's business. Here is what all sessions have in common and what their
// users see; VulkanSession computes on a Vulkan device, cpu::CpuSession on the processor.
#pragma once

#include "inference/program/cache_shape.h"
#include "inference/program/model_definition.h"
#include "inference/types.h"

#include <optional>
#include <span>

namespace lares::inference {

struct SessionShape {
    std::uint32_t contextLength = 0;       ///< positions that the cache holds
    std::uint32_t chunkLength = 0;         ///< most tokens of one step
    CacheType cacheType = CacheType::f16;  ///< f32: nothing else is rounded either, as far as the backend can help it
    std::uint64_t workPerSubmit = ~std::uint64_t{0};  ///< multiply-adds; see recordProgram

    CacheShape cache() const { return {contextLength, chunkLength}; }
};

/// Bytes where the model is computed.
struct MemoryNeed {
    std::uint64_t weightsBytes = 0;
    std::uint64_t cacheBytes = 0;
    std::uint64_t scratchBytes = 0;

    std::uint64_t total() const { return weightsBytes + cacheBytes + scratchBytes; }
};

/// What a device is handed for a step.
struct StepCommands {
    std::uint32_t dispatches = 0;  ///< with copies
    std::uint32_t barriers = 0;
};

/// Most rows that one step of such a session gives; all of them where an embedding is made of all.
std::uint32_t mostStepRows(const ModelDefinition& model, const SessionShape& shape);

/// Of one layer's keys and values together.
std::uint64_t layerCacheBytes(const ModelDefinition& model, std::uint32_t layer, const SessionShape& shape);

class Session {
 public:
    virtual ~Session() = default;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    const SessionShape& shape() const { return m_shape; }
    std::uint32_t mostOutputRows() const { return m_mostOutputRows; }

    /// Whether the cache still holds everything that a step at `position` sees. Layers with a window keep the latest
    /// positions alone, so going back far is only possible to the very beginning.
    bool holds(std::uint32_t position) const;

    /// Takes tokens.size() tokens (1 .. chunkLength, ids below the vocabulary size) at `position`, where
    /// holds(position); at 0 where the model is not causal. Gives the logits (see Program) of the tokens at
    /// `outputRows` (rising, at most mostOutputRows() of them): [outputRows.size(), outputWidth] f32, valid until the
    /// next step. Throws Error, vulkan::Error.
    std::span<float> step(std::span<const TokenId> tokens, std::uint32_t position,
                          std::span<const std::uint32_t> outputRows);

    /// Whether a token's logits are the same in every bit, however many tokens a step takes.
    virtual bool computesRowsAlike() const { return true; }

    /// For a step over one token that gives its logits; nullopt where no commands are recorded.
    virtual std::optional<StepCommands> commandsPerToken() { return std::nullopt; }

    /// Goes on with other operations over the same weights, or over the first `kept` of them and those of `model` from
    /// there on, which are read now. The model's shape is the same; what is in the cache means nothing to it. Throws
    /// Error, vulkan::Error; with nothing changed when that happens while reading.
    void adapt(const ModelDefinition& model, WeightId kept);

 protected:
    Session(const ModelDefinition& model, const SessionShape& shape);

 private:
    virtual std::span<float> compute(std::span<const TokenId> tokens, std::uint32_t position,
                                     std::span<const std::uint32_t> outputRows) = 0;
    virtual void change(const ModelDefinition& model, WeightId kept) = 0;

    SessionShape m_shape;
    std::uint32_t m_mostOutputRows;
    bool m_causal;
    std::vector<std::uint32_t> m_windows;  ///< by layer; empty: none has one
    std::uint32_t m_filledTo = 0;          ///< the furthest position since the cache was begun anew
};

}  // namespace lares::inference

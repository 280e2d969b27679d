// One model at work on one Vulkan device: its weights, its key/value cache, and the command lists of its steps. A step
// takes a batch of tokens at a position; the list for a batch size is recorded when it is first needed and resubmitted
// ever after, because position and tokens lie in a small buffer. What the tokens mean is the caller's business.
#pragma once

#include "inference/program/vulkan_recorder.h"
#include "inference/types.h"
#include "vulkan/runtime/device.h"

#include <map>
#include <memory>

namespace lares::inference {

struct SessionShape {
    std::uint32_t contextLength = 0;  ///< positions that the cache holds
    std::uint32_t chunkLength = 0;    ///< most tokens of one step
    vulkan::CacheType cacheType = vulkan::CacheType::f16;
    std::uint64_t workPerSubmit = ~std::uint64_t{0};  ///< multiply-adds; see recordProgram
};

/// Bytes on the device.
struct MemoryNeed {
    std::uint64_t weightsBytes = 0;
    std::uint64_t cacheBytes = 0;
    std::uint64_t scratchBytes = 0;

    std::uint64_t total() const { return weightsBytes + cacheBytes + scratchBytes; }
};

class VulkanSession {
 public:
    /// Throws Error unsupported when the kernels cannot compute such a model on this device, with a sentence.
    static void check(const ModelDefinition& model, const vulkan::DeviceInfo& device);
    static MemoryNeed memoryNeed(const ModelDefinition& model, const SessionShape& shape);
    /// Of one layer's keys and values.
    static std::uint64_t cacheBytes(const ModelDefinition& model, std::uint32_t layer, const SessionShape& shape);
    /// Positions whose cache, and whose rows where a text is one step, one shader of this device can see.
    static std::uint32_t mostContext(const ModelDefinition& model, vulkan::CacheType type,
                                     const vulkan::DeviceInfo& device);

    /// Throws vulkan::Error. `device` outlives the session.
    VulkanSession(vulkan::Device& device, const ModelDefinition& model, VulkanWeights weights,
                  const SessionShape& shape);
    VulkanSession(const VulkanSession&) = delete;
    VulkanSession& operator=(const VulkanSession&) = delete;

    /// Goes on with other operations over the same weights, or with those from `first` on replaced. The model's shape
    /// is the same; what is in the cache means nothing to it. Throws vulkan::Error.
    void adapt(const ModelDefinition& model);
    void adapt(const ModelDefinition& model, WeightId first, VulkanWeights weights);

    const SessionShape& shape() const { return m_shape; }
    /// Most rows that one step gives; all of them where an embedding is made of all.
    std::uint32_t mostOutputRows() const { return m_mostOutputRows; }

    /// Whether the cache still holds everything that a step at `position` sees. Layers with a window keep the latest
    /// positions alone, so going back far is only possible to the very beginning.
    bool holds(std::uint32_t position) const;

    /// Takes tokens.size() tokens (1 .. chunkLength, ids below the vocabulary size) at `position`, where
    /// holds(position); at 0 where the model is not causal. Gives the logits (see Program) of the tokens at
    /// `outputRows` (rising, at most mostOutputRows() of them): [outputRows.size(), outputWidth] f32, valid until the
    /// next step. Throws vulkan::Error.
    std::span<float> step(std::span<const TokenId> tokens, std::uint32_t position,
                          std::span<const std::uint32_t> outputRows);

 private:
    using Lists = std::vector<vulkan::CommandList>;
    const Lists& commands(std::uint32_t tokenCount, std::uint32_t outputRows);
    void growScratchForLargest();
    void growScratch(std::uint64_t scratchBytes, std::uint64_t attentionBytes);

    vulkan::Device& m_device;
    std::function<Program(std::uint32_t, std::uint32_t)> m_program;
    std::uint32_t m_outputWidth;
    std::uint32_t m_mostOutputRows;
    bool m_causal;
    std::vector<std::uint32_t> m_windows;  ///< by layer; empty: none has one
    std::uint32_t m_filledTo = 0;          ///< the furthest position since the cache was begun anew
    SessionShape m_shape;
    VulkanWeights m_weights;
    VulkanRopeTables m_ropeTables;
    std::vector<VulkanLayerCache> m_caches;
    vulkan::Buffer m_scratch, m_attentionScratch;
    vulkan::Buffer m_input;  ///< StepParams, tokens, output rows
    vulkan::Buffer m_logits;
    std::map<std::pair<std::uint32_t, std::uint32_t>, Lists> m_commands;  ///< by token and output count
};

}  // namespace lares::inference

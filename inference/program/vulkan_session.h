// A session on one Vulkan device: weights, cache, and the command lists of its steps. The list for a batch size is
// recorded when it is first needed and resubmitted ever after, because position and tokens lie in a small buffer.
#pragma once

#include "inference/program/session.h"
#include "inference/program/vulkan_recorder.h"
#include "vulkan/runtime/device.h"

#include <map>
#include <memory>

namespace lares::inference {

class VulkanSession final : public Session {
 public:
    /// Throws Error unsupported when the kernels cannot compute such a model on this device, with a sentence.
    static void check(const ModelDefinition& model, const vulkan::DeviceInfo& device);
    static MemoryNeed memoryNeed(const ModelDefinition& model, const SessionShape& shape);
    /// Positions whose cache, and whose rows where a text is one step, one shader of this device can see.
    static std::uint32_t mostContext(const ModelDefinition& model, CacheType type, const vulkan::DeviceInfo& device);

    /// Throws vulkan::Error. `device` outlives the session.
    VulkanSession(vulkan::Device& device, const ModelDefinition& model, VulkanWeights weights,
                  const SessionShape& shape);

    /// Kernels, and the parts that attention works in, go by the number of tokens.
    bool computesRowsAlike() const override { return false; }
    std::optional<StepCommands> commandsPerToken() override;

 private:
    std::span<float> compute(std::span<const TokenId> tokens, std::uint32_t position,
                             std::span<const std::uint32_t> outputRows) override;
    void change(const ModelDefinition& model, WeightId kept) override;

    using Lists = std::vector<vulkan::CommandList>;
    const Lists& commands(std::uint32_t tokenCount, std::uint32_t outputRows);
    void growScratchForLargest();
    void growScratch(std::uint64_t scratchBytes, std::uint64_t attentionBytes);

    vulkan::Device& m_device;
    std::function<Program(std::uint32_t, std::uint32_t)> m_program;
    std::uint32_t m_outputWidth;
    VulkanWeights m_weights;
    VulkanRopeTables m_ropeTables;
    std::vector<VulkanLayerCache> m_caches;
    vulkan::Buffer m_scratch, m_attentionScratch;
    vulkan::Buffer m_input;  ///< StepParams, tokens, output rows
    vulkan::Buffer m_logits;
    std::map<std::pair<std::uint32_t, std::uint32_t>, Lists> m_commands;  ///< by token and output count
};

}  // namespace lares::inference

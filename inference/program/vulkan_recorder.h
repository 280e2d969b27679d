// Turns a Program into a command list: one kernel per operation, values as pieces of one scratch buffer.
#pragma once

#include "inference/program/cache_shape.h"
#include "inference/program/operation.h"
#include "inference/program/row_fusion.h"
#include "inference/program/vulkan_weights.h"
#include "vulkan/runtime/command_list.h"

#include <deque>

namespace lares::inference {

/// The keys and values of one layer: [CacheShape::capacity, kvWidth] each.
struct VulkanLayerCache {
    vulkan::Buffer keys;
    vulkan::Buffer values;
};

/// Tables of the angles by which positions turn, made when an operation first asks for them.
class VulkanRopeTables {
 public:
    VulkanRopeTables(vulkan::Device& device, const VulkanWeights& weights, std::uint32_t contextLength)
        : m_device(device), m_weights(weights), m_contextLength(contextLength) {}
    vulkan::BufferView table(const RopeShape& shape);

 private:
    struct Entry {
        RopeShape shape;
        vulkan::Buffer turns;
    };
    vulkan::Device& m_device;
    const VulkanWeights& m_weights;
    std::uint32_t m_contextLength;
    std::deque<Entry> m_entries;  ///< views into it stay good while it grows
};

/// What a program computes on and with. All of it outlives the command lists recorded with it.
struct VulkanMemory {
    const VulkanWeights& weights;
    VulkanRopeTables& ropeTables;
    std::vector<VulkanLayerCache>& caches;  ///< by layer
    vulkan::CacheType cacheType;
    CacheShape cacheShape;
    vulkan::BufferView scratch;           ///< at least FusedProgram::scratchSize floats
    vulkan::BufferView attentionScratch;  ///< at least attentionScratchBytes(program)
    vulkan::BufferView step;              ///< vulkan::StepParams
    vulkan::BufferView tokens;            ///< u32, at least tokenCount
    vulkan::BufferView outputIndices;     ///< u32, at least outputRows
    vulkan::BufferView logits;            ///< f32 on the host's side, at least [outputRows, vocabulary]
};

/// Bytes of scratch that the attention operations of the program want; never 0.
std::uint64_t attentionScratchBytes(const Program& program, const CacheShape& cache);

/// The program as what recordProgram computes: with operations fused where it is for few tokens, nothing has to be
/// exact (the cache is f16) and the device can, else as it is.
FusedProgram fuseFor(const vulkan::Device& device, const VulkanWeights& weights, const Program& program,
                     CacheType cacheType);

/// Records the program as command lists to be submitted one after the other. A list is closed once it holds `mostWork`
/// multiply-adds (an estimate), because drivers give up on a device that is busy with one submission for too long. The
/// logits are copied to `memory.logits` at the end.
std::vector<vulkan::CommandList> recordProgram(vulkan::Device& device, const Program& program,
                                               const FusedProgram& fused, const VulkanMemory& memory,
                                               std::uint64_t mostWork);

}  // namespace lares::inference

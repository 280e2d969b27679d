// A session on the processor: weights, cache and the values of a step in memory, and the programs of the batch sizes
// that have come up. A step asks for no memory once its batch size has been seen.
#pragma once

#include "inference/cpu/executor.h"

#include <map>
#include <utility>

namespace lares::inference::cpu {

class CpuSession final : public Session {
 public:
    /// Throws Error unsupported when the kernels cannot compute such a model, with a sentence.
    static void check(const ModelDefinition& model);
    static MemoryNeed memoryNeed(const ModelDefinition& model, const SessionShape& shape);

    /// `pool` and `kernels` outlive the session. Throws std::bad_alloc.
    CpuSession(ThreadPool& pool, const Kernels& kernels, const ModelDefinition& model, CpuWeights weights,
               const SessionShape& shape);

 private:
    std::span<float> compute(std::span<const TokenId> tokens, std::uint32_t position,
                             std::span<const std::uint32_t> outputRows) override;
    void change(const ModelDefinition& model, WeightId kept) override;

    const Program& program(std::uint32_t tokenCount, std::uint32_t outputRows);
    void reserve(const Program& program);

    ThreadPool& m_pool;
    std::function<Program(std::uint32_t, std::uint32_t)> m_program;
    CpuWeights m_weights;
    std::vector<CpuLayerCache> m_caches;  ///< by layer
    Executor m_executor;
    AlignedMemory m_values;
    std::map<std::pair<std::uint32_t, std::uint32_t>, Program> m_programs;  ///< by token and output count
};

}  // namespace lares::inference::cpu

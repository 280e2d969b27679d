// Computes the operations of a Program on the processor, one after the other, each on all threads. What it computes
// with and on is the caller's: a part of a list is computed as well as the whole of it, where the values that the part
// reads are there.
#pragma once

#include "inference/cpu/aligned_memory.h"
#include "inference/cpu/cpu_weights.h"
#include "inference/cpu/experts.h"
#include "inference/cpu/kernels/kernels.h"
#include "inference/cpu/rope_turns.h"
#include "inference/cpu/thread_pool.h"
#include "inference/program/session.h"

namespace lares::inference::cpu {

/// The keys and values of one layer; how they lie is said at AttentionArgs.
struct CpuLayerCache {
    AlignedMemory keys, values;
    std::uint32_t capacity = 0, headCountKv = 0, headSize = 0;
};

/// Bytes of the keys, and of the values, of a layer.
struct CacheBytes {
    std::uint64_t keys, values;
};
CacheBytes cacheBytes(const ModelDefinition& model, std::uint32_t layer, const SessionShape& shape);

/// What one step is about.
struct StepInput {
    std::span<const TokenId> tokens;
    std::uint32_t position = 0;
    std::span<const std::uint32_t> outputRows;
};

class Executor {
 public:
    /// `weights` and `caches` (by layer) outlive it, as do the others. Activations are rounded unless the cache is f32.
    Executor(ThreadPool& pool, const Kernels& kernels, const CpuWeights& weights, std::vector<CpuLayerCache>& caches,
             const SessionShape& shape);

    /// Bytes that it takes for a program, beside the program's values.
    static std::uint64_t scratchBytes(const Program& program, std::span<const WeightSource> weights, bool exact);
    /// Makes that room, so that computing the program asks for no memory.
    void reserve(const Program& program);
    /// The weights have changed.
    void forgetWeights() { m_turns.forget(); }

    void begin(const StepInput& input);
    /// Some operations of the step that has begun. `values` is Program::scratchSize floats, aligned to 64 bytes.
    void run(const Program& program, std::span<const Operation> operations, float* values);

 private:
    struct Visitor;
    /// Activations as blocks of bytes.
    struct Rounded {
        AlignedMemory numbers, blocks;
        ValueId value = kNoValue;  ///< what is in there now
    };

    ThreadPool& m_pool;
    const Kernels& m_kernels;
    const CpuWeights& m_weights;
    std::vector<CpuLayerCache>& m_caches;
    SessionShape m_shape;
    bool m_exact;
    RopeTurns m_turns;
    StepInput m_input;
    Rounded m_rounded;
    std::vector<ExpertRun> m_runs;
};

}  // namespace lares::inference::cpu

// A model's weights in memory, as the kernels want them: matrices in groups of rows (layouts.h), vectors as f32.
#pragma once

#include "inference/cpu/aligned_memory.h"
#include "inference/cpu/conversions.h"
#include "inference/program/model_definition.h"

#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

namespace lares::inference::cpu {

class ThreadPool;

/// [rows, columns], or as many as there are experts, one behind the other, each with groups of its own.
struct CpuMatrix {
    Conversion conversion;
    std::uint32_t rows = 0;  ///< of one expert
    std::uint32_t columns = 0;
    std::uint32_t experts = 1;
    AlignedMemory memory;

    std::size_t groupBytes() const { return cpu::groupBytes(conversion.layout, columns); }
    const std::byte* expert(std::uint32_t index) const {
        return memory.data() + std::size_t{index} * groupsOf(rows) * groupBytes();
    }
    /// Values of row `row` of the first expert; out [columns].
    void unpack(std::uint32_t row, float* out) const {
        unpackRow(conversion, memory.data() + std::size_t{row / kGroupRows} * groupBytes(), columns, row % kGroupRows,
                  out);
    }
};

class CpuWeights {
 public:
    /// Bytes that a weight takes.
    static std::uint64_t sizeBytes(const WeightSource& source);

    /// Reads and packs tensor after tensor, on all threads; `onBytes` (may be empty) is told the file bytes done so
    /// far. nullopt when `stop` was requested. Throws Error io, std::bad_alloc.
    static std::optional<CpuWeights> load(ThreadPool& pool, std::span<const WeightSource> sources,
                                          const std::function<void(std::uint64_t)>& onBytes, std::stop_token stop);

    /// Puts `others` in the place of all from `first` on.
    void replaceFrom(WeightId first, CpuWeights others);

    const CpuMatrix& matrix(WeightId id) const;
    std::span<const float> vector(WeightId id) const;

 private:
    struct Weight {
        WeightShape shape;
        CpuMatrix matrix;
        std::vector<float> values;
    };
    std::vector<Weight> m_weights;
};

}  // namespace lares::inference::cpu

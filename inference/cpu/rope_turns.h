// By how much the rows of a step are turned: cosines and sines for every row and pair, made once in a step for each way
// of turning (RopeShape) and used by all layers that have it.
#pragma once

#include "inference/program/operation.h"

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

namespace lares::inference::cpu {

class CpuWeights;

class RopeTurns {
 public:
    /// `weights` outlives it.
    RopeTurns(const CpuWeights& weights, std::uint32_t contextLength)
        : m_weights(weights), m_contextLength(contextLength) {}

    /// Another step: `rows` rows, the first at `position`.
    void begin(std::uint32_t position, std::uint32_t rows);
    /// The weights have changed.
    void forget() { m_tables.clear(); }

    /// [rows, 2 * pairs]: of each row the cosines, then the sines, times the magnitude. Not from several threads.
    std::span<const float> of(const RopeShape& shape);

 private:
    struct Table {
        RopeShape shape;
        std::vector<std::uint64_t> turns;  ///< of one position, in 2^-64 of a whole turn
        std::vector<float> values;
        bool made = false;  ///< for this step
    };
    void fill(Table& table) const;

    const CpuWeights& m_weights;
    std::uint32_t m_contextLength;
    std::uint32_t m_position = 0, m_rows = 0;
    std::deque<Table> m_tables;
};

}  // namespace lares::inference::cpu

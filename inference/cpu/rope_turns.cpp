#include "inference/cpu/rope_turns.h"

#include "inference/cpu/cpu_weights.h"
#include "vulkan/kernels/rope/rope.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace lares::inference::cpu {

namespace {

/// The fixed-point turns that the Vulkan kernels read: exact at any position.
std::vector<std::uint64_t> turnsOf(const RopeShape& shape, std::span<const float> factors) {
    const std::vector<std::uint32_t> words =
        vulkan::ropeTurns({shape.rotated, static_cast<double>(shape.base), static_cast<double>(shape.scale),
                           static_cast<double>(shape.unscaledUntil), static_cast<double>(shape.scaledFrom), factors});
    std::vector<std::uint64_t> turns;
    for (std::size_t i = 0; i < words.size(); i += 2) turns.push_back(words[i] | std::uint64_t{words[i + 1]} << 32);
    return turns;
}

}  // namespace

void RopeTurns::begin(std::uint32_t position, std::uint32_t rows) {
    m_position = position;
    m_rows = rows;
    for (Table& table : m_tables) table.made = false;
}

std::span<const float> RopeTurns::of(const RopeShape& shape) {
    auto found = std::ranges::find(m_tables, shape, &Table::shape);
    if (found == m_tables.end()) {
        std::span<const float> factors;
        const WeightId id = shape.factorsFor(m_contextLength);
        if (id != kNoWeight) factors = m_weights.vector(id);
        m_tables.push_back({shape, turnsOf(shape, factors), {}});
        found = m_tables.end() - 1;
    }
    if (!found->made) fill(*found);
    return std::span(found->values).first(std::size_t{m_rows} * found->turns.size() * 2);
}

void RopeTurns::fill(Table& table) const {
    const std::size_t pairs = table.turns.size();
    if (table.values.size() < m_rows * pairs * 2) table.values.resize(m_rows * pairs * 2);
    for (std::size_t row = 0; row < m_rows; ++row) {
        float* const cosines = table.values.data() + row * pairs * 2;
        for (std::size_t i = 0; i < pairs; ++i) {
            const std::uint64_t turn = table.turns[i] * (m_position + row);  // whole turns fall away
            const double angle = std::ldexp(static_cast<double>(turn), -64) * 2 * std::numbers::pi;
            cosines[i] = static_cast<float>(std::cos(angle)) * table.shape.magnitude;
            cosines[pairs + i] = static_cast<float>(std::sin(angle)) * table.shape.magnitude;
        }
    }
    table.made = true;
}

}  // namespace lares::inference::cpu

// What the tests of the processor's kernels share: numbers that are unkind in a repeatable way, memory whose ends are
// watched, and the error measure.
#pragma once

#include "inference/cpu/aligned_memory.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <vector>

namespace lares::tests {

class Draw {
 public:
    explicit Draw(std::uint64_t seed) : m_engine(seed) {}
    std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(m_engine() % bound); }
    std::uint32_t between(std::uint32_t low, std::uint32_t high) { return low + below(high - low + 1); }
    /// -1 .. 1
    float uniform() { return static_cast<float>(m_engine() >> 40) * 0x1p-23f - 1.0f; }

    std::vector<float> plain(std::size_t count) {
        std::vector<float> numbers(count);
        for (float& number : numbers) number = uniform();
        return numbers;
    }
    /// Among numbers of about 1: some a thousand times larger, zeros, negative zeros, subnormal numbers.
    std::vector<float> unkind(std::size_t count) {
        std::vector<float> numbers = plain(count);
        for (std::size_t i = 0; i < count; ++i) {
            switch (below(40)) {
                case 0:
                    numbers[i] *= 1000;
                    break;
                case 1:
                    numbers[i] = 0;
                    break;
                case 2:
                    numbers[i] = -0.0f;
                    break;
                case 3:
                    numbers[i] = 1e-40f;
                    break;
                default:
                    break;
            }
        }
        return numbers;
    }

 private:
    std::mt19937_64 m_engine;
};

/// Floats between guards, not on any round address; what is read or written beside them shows.
class Guarded {
 public:
    explicit Guarded(std::size_t count) : m_all(count + 2 * kGuard, kPoison), m_count(count) {}
    explicit Guarded(std::span<const float> values) : Guarded(values.size()) {
        std::ranges::copy(values, m_all.begin() + kGuard);
    }
    float* data() { return m_all.data() + kGuard; }
    std::span<float> values() { return {data(), m_count}; }
    bool intact() const {
        const auto poisoned = [](float value) { return std::bit_cast<std::uint32_t>(value) == kBits; };
        return std::all_of(m_all.begin(), m_all.begin() + kGuard, poisoned) &&
               std::all_of(m_all.end() - kGuard, m_all.end(), poisoned);
    }

 private:
    static constexpr std::ptrdiff_t kGuard = 13;
    static constexpr std::uint32_t kBits = 0x7fc0dead;
    static constexpr float kPoison = std::bit_cast<float>(kBits);
    std::vector<float> m_all;
    std::size_t m_count;
};

inline std::vector<double> toDouble(std::span<const float> values) {
    return {values.begin(), values.end()};
}

/// sum((ours - truth)^2) / sum(truth^2); infinite where a number is none.
inline double nmseOf(std::span<const float> ours, std::span<const double> truth) {
    if (ours.size() != truth.size()) return std::numeric_limits<double>::infinity();
    double error = 0, power = 0;
    for (std::size_t i = 0; i < ours.size(); ++i) {
        const double difference = static_cast<double>(ours[i]) - truth[i];
        error += difference * difference;
        power += truth[i] * truth[i];
    }
    const double result = power > 0 ? error / power : error;
    return std::isfinite(result) ? result : std::numeric_limits<double>::infinity();
}

}  // namespace lares::tests

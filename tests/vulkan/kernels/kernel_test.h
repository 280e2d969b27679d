// What the kernel tests share: random numbers that are unkind in a repeatable way, buffers between guard zones, weights
// of every format, and the comparison with the reference.
#pragma once

#include "tests/support/vulkan_test.h"
#include "vulkan/formats/formats.h"
#include "vulkan/kernels/weight_matrix.h"
#include "vulkan/runtime/command_list.h"

#include <cstdint>
#include <functional>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace lares::tests {

/// Random numbers from a fixed seed; the same on every machine (no std:: distributions).
class Random {
 public:
    explicit Random(std::uint64_t seed) : m_engine(seed) {}
    std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(m_engine() % bound); }
    std::uint32_t between(std::uint32_t low, std::uint32_t high) { return low + below(high - low + 1); }
    float uniform();  ///< -1 .. 1
    std::byte byte() { return static_cast<std::byte>(m_engine() & 0xff); }
    /// Half precision bits with a random sign and an exponent field of low .. high (0: subnormal, 15: around 1).
    std::uint16_t half(std::uint32_t lowExponent, std::uint32_t highExponent);

 private:
    std::mt19937_64 m_engine;
};

/// Numbers of about 1 with everything that goes wrong in practice among them: columns a thousand times larger, zeros,
/// negative zeros, subnormal numbers.
std::vector<float> unkindActivations(Random& random, std::size_t rows, std::size_t width);

/// Where in a block of the file its f16 scales lie. A new format is added here.
std::vector<std::size_t> halfScaleOffsets(const vulkan::Format& format);

/// File bytes of a matrix: random quants, moderate scales, some of them zero or subnormal.
std::vector<std::byte> randomWeights(Random& random, const vulkan::Format& format, std::uint32_t rows,
                                     std::uint32_t columns);

/// The file bytes as f32 [rows, columns].
std::vector<float> dequantized(const vulkan::Format& format, std::span<const std::byte> fileBytes);

std::vector<double> toDouble(std::span<const float> values);

/// A buffer with room for `bytes` between two guard zones of NaN. What is bound is the inside alone; every kernel test
/// ends with guardsIntact(). A kernel that reads a guard spoils its result with NaN.
class GuardedBuffer {
 public:
    GuardedBuffer(vulkan::Device& device, std::uint64_t bytes);
    GuardedBuffer(vulkan::Device& device, std::span<const float> values);
    GuardedBuffer(vulkan::Device& device, std::span<const std::uint32_t> values);

    vulkan::BufferView view() const { return {m_buffer, kGuardBytes, m_bytes}; }
    std::span<std::byte> bytes() { return m_buffer.mapped().subspan(kGuardBytes, m_bytes); }
    std::vector<float> floats();
    bool guardsIntact() const;
    std::span<std::byte> guardForTests() { return m_buffer.mapped().last(kGuardBytes); }

 private:
    static constexpr std::uint64_t kGuardBytes = 4096;
    std::uint64_t m_bytes;
    vulkan::Buffer m_buffer;
};

/// Uploads a matrix whose packed rows are followed by rows of NaN.
vulkan::WeightMatrix guardedWeights(vulkan::Device& device, const vulkan::Format& format, std::uint32_t rows,
                                    std::uint32_t columns, std::span<const std::byte> fileBytes,
                                    std::uint64_t maxWindowBytes = ~std::uint64_t{0});

/// Records, submits, waits.
void runOnce(vulkan::Device& device, const std::function<void(vulkan::CommandList&)>& record);

/// How far two results may lie apart. Both hold for each kind of operation, with the reasons where they are made.
struct Limits {
    double nmse = 0;      ///< sum of squared differences over sum of squares of the truth
    double rowError = 0;  ///< in each row: largest difference over the root mean square of the truth in that row
};

/// Empty when `actual` is `expected` within the limits, otherwise what is wrong. NaN and infinity are always wrong.
std::string difference(std::span<const double> expected, std::span<const float> actual, std::size_t width,
                       const Limits& limits);

}  // namespace lares::tests

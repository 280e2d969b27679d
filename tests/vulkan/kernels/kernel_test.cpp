// See kernel_test.h.
#include "tests/vulkan/kernels/kernel_test.h"

#include "vulkan/runtime/uploader.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstring>
#include <string_view>

namespace lares::tests {

using namespace vulkan;

namespace {

constexpr std::byte kPoison{0xff};  // four of them are a NaN, and so are two as half precision

}  // namespace

std::vector<std::size_t> halfScaleOffsets(const Format& format) {
    struct Scales {
        std::string_view format;
        std::vector<std::size_t> offsets;
    };
    static const std::vector<Scales> kScales{
        {"F32", {}},      {"F16", {}},      {"BF16", {}},    {"Q4_0", {0}},   {"Q4_1", {0, 2}},   {"Q5_0", {0}},
        {"Q5_1", {0, 2}}, {"Q8_0", {0}},    {"MXFP4", {}},   {"IQ4_NL", {0}}, {"Q2_K", {80, 82}}, {"Q3_K", {108}},
        {"Q4_K", {0, 2}}, {"Q5_K", {0, 2}}, {"Q6_K", {208}}, {"IQ4_XS", {0}}, {"IQ2_XXS", {0}},   {"IQ2_XS", {0}},
        {"IQ2_S", {0}},   {"IQ3_XXS", {0}}, {"IQ3_S", {0}},
    };
    const auto found = std::ranges::find(kScales, format.name, &Scales::format);
    assert(found != kScales.end() && "say where the scales of the new format lie");
    return found->offsets;
}

float Random::uniform() {
    return static_cast<float>(static_cast<double>(m_engine() >> 11) * 0x1p-52 - 1.0);
}

std::uint16_t Random::half(std::uint32_t lowExponent, std::uint32_t highExponent) {
    return static_cast<std::uint16_t>(below(2) << 15 | between(lowExponent, highExponent) << 10 | below(1024));
}

std::vector<float> unkindActivations(Random& random, std::size_t rows, std::size_t width) {
    std::vector<float> values(rows * width);
    for (float& value : values) {
        switch (random.below(32)) {
            case 0:
                value = 0.0f;
                break;
            case 1:
                value = -0.0f;
                break;
            case 2:
                value = 1e-40f;
                break;
            default:
                value = random.uniform();
        }
    }
    for (std::size_t column = random.below(16); column < width; column += 97) {
        for (std::size_t row = 0; row < rows; ++row) values[row * width + column] *= 1000.0f;
    }
    return values;
}

std::vector<std::byte> randomWeights(Random& random, const Format& format, std::uint32_t rows, std::uint32_t columns) {
    std::vector<std::byte> bytes(rows * format.fileRowBytes(columns));
    const auto put16 = [&](std::size_t at, std::uint32_t bits) {
        const auto value = static_cast<std::uint16_t>(bits);
        std::memcpy(bytes.data() + at, &value, 2);
    };
    const std::string_view name = format.name;
    if (name == "F32") {
        for (std::size_t at = 0; at < bytes.size(); at += 4) {
            const float value = random.below(16) == 0 ? -0.0f : random.uniform();
            std::memcpy(bytes.data() + at, &value, 4);
        }
    } else if (name == "F16" || name == "BF16") {
        // Exponents of BF16 are those of f32: 127 << 7 is 1, and as half precision bits that is exponent 15 of 31.
        for (std::size_t at = 0; at < bytes.size(); at += 2) {
            put16(at, name == "F16" ? random.half(random.below(8) == 0 ? 0 : 10, 15)
                                    : random.below(2) << 15 | random.between(120, 127) << 7 | random.below(128));
        }
    } else {
        for (std::byte& byte : bytes) byte = random.byte();
        for (std::size_t block = 0; block < bytes.size(); block += format.blockBytes) {
            if (name == "MXFP4") bytes[block] = static_cast<std::byte>(random.between(117, 121));
            for (const std::size_t offset : halfScaleOffsets(format)) {
                const std::uint32_t kind = random.below(16);
                put16(block + offset, kind == 0 ? 0u : kind == 1 ? random.half(0, 0) : random.half(5, 9));
            }
        }
    }
    return bytes;
}

std::vector<float> dequantized(const Format& format, std::span<const std::byte> fileBytes) {
    const std::size_t blocks = fileBytes.size() / format.blockBytes;
    std::vector<float> values(blocks * format.blockElements);
    format.dequantize(fileBytes.data(), values.data(), blocks);
    return values;
}

std::vector<double> toDouble(std::span<const float> values) {
    return {values.begin(), values.end()};
}

GuardedBuffer::GuardedBuffer(Device& device, std::uint64_t bytes)
    : m_bytes(bytes), m_buffer(device.createBuffer(bytes + 2 * kGuardBytes, MemoryUse::readback, "guarded")) {
    std::ranges::fill(m_buffer.mapped(), kPoison);
}

GuardedBuffer::GuardedBuffer(Device& device, std::span<const float> values)
    : GuardedBuffer(device, values.size_bytes()) {
    std::ranges::copy(std::as_bytes(values), this->bytes().begin());
}

GuardedBuffer::GuardedBuffer(Device& device, std::span<const std::uint32_t> values)
    : GuardedBuffer(device, values.size_bytes()) {
    std::ranges::copy(std::as_bytes(values), this->bytes().begin());
}

std::vector<float> GuardedBuffer::floats() {
    std::vector<float> values(m_bytes / 4);
    std::memcpy(values.data(), bytes().data(), values.size() * 4);
    return values;
}

bool GuardedBuffer::guardsIntact() const {
    const auto all = m_buffer.mapped();
    const auto poisoned = [](std::byte byte) { return byte == kPoison; };
    return std::ranges::all_of(all.first(kGuardBytes), poisoned) &&
           std::ranges::all_of(all.subspan(kGuardBytes + m_bytes), poisoned);
}

WeightMatrix guardedWeights(Device& device, const Format& format, std::uint32_t rows, std::uint32_t columns,
                            std::span<const std::byte> fileBytes, std::uint64_t maxWindowBytes) {
    constexpr std::uint64_t kGuardRows = 3;
    Uploader uploader(device);
    WeightMatrix matrix =
        uploadWeightMatrix(device, uploader, format, rows, columns, fileBytes, "weights", maxWindowBytes);
    uploader.flush();
    // The same windows again in larger buffers, the rest of which is poison.
    const std::uint64_t rowBytes = format.packedRowBytes(columns);
    for (WeightWindow& window : matrix.windows) {
        const std::uint64_t bytes = window.rowCount * rowBytes;
        const auto larger = std::make_shared<const Buffer>(
            device.createBuffer(bytes + kGuardRows * rowBytes, MemoryUse::device, "guarded weights"));
        runOnce(device, [&](CommandList& commands) {
            commands.copy(window.buffer, BufferView(*larger, 0, bytes));
            commands.fill(BufferView(*larger, bytes, kGuardRows * rowBytes), 0xffffffffu);
        });
        window.memory = larger;
        window.buffer = *larger;
    }
    return matrix;
}

void runOnce(Device& device, const std::function<void(CommandList&)>& record) {
    CommandList commands(device, "test");
    record(commands);
    commands.finish();
    device.wait(device.submit(commands));
}

std::string difference(std::span<const double> expected, std::span<const float> actual, std::size_t width,
                       const Limits& limits) {
    if (expected.size() != actual.size()) return "sizes differ";
    double squares = 0, errors = 0;
    for (std::size_t start = 0; start < expected.size(); start += width) {
        double rowSquares = 0, largest = 0;
        std::size_t worst = start;
        for (std::size_t i = start; i < start + width; ++i) {
            const auto value = static_cast<double>(actual[i]);
            if (!std::isfinite(value)) {
                return "row " + std::to_string(start / width) + " column " + std::to_string(i - start) + " is " +
                       std::to_string(value) + " and not " + std::to_string(expected[i]);
            }
            const double error = std::abs(value - expected[i]);
            if (error > largest) largest = error, worst = i;
            rowSquares += expected[i] * expected[i];
            errors += error * error;
        }
        squares += rowSquares;
        const double rms = std::sqrt(rowSquares / static_cast<double>(width));
        if (largest > limits.rowError * rms) {
            std::array<char, 200> text{};
            std::snprintf(text.data(), text.size(),
                          "row %zu column %zu is %.9g and not %.9g: %.3g of the row's rms %.3g", worst / width,
                          worst % width, static_cast<double>(actual[worst]), expected[worst], largest / rms, rms);
            return text.data();
        }
    }
    if (errors > limits.nmse * squares)
        return "normalised mean squared error " + std::to_string(errors / squares * 1e12) + "e-12";
    return {};
}

}  // namespace lares::tests

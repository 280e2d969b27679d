// Random weights in the file layout of each ggml type, with scales chosen so that the values stay inside an amplitude.
#include "tests/support/gguf_writer.h"

#include <bit>
#include <cassert>
#include <cmath>

namespace lares::test {

namespace {

/// SplitMix64: the same numbers on every machine, unlike the distributions of <random>.
class Random {
 public:
    explicit Random(std::uint64_t seed) : m_state(seed) {}

    std::uint64_t next() {
        m_state += 0x9E3779B97F4A7C15u;
        std::uint64_t z = m_state;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
        z = (z ^ z >> 27) * 0x94D049BB133111EBu;
        return z ^ z >> 31;
    }
    std::uint8_t byte() { return static_cast<std::uint8_t>(next() >> 56); }
    std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>((next() >> 32) * limit >> 32); }
    float between(float low, float high) { return low + (high - low) * (static_cast<float>(next() >> 40) * 0x1p-24f); }

 private:
    std::uint64_t m_state;
};

/// Nearest IEEE half, subnormals included; the value is finite and below 65504.
std::uint16_t half(float value) {
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>(bits >> 16 & 0x8000u);
    const float magnitude = std::fabs(value);
    if (magnitude < 0x1p-14f) {
        return static_cast<std::uint16_t>(sign | static_cast<std::uint16_t>(std::lrint(magnitude * 0x1p24f)));
    }
    const std::uint32_t rounded = (bits & 0x7FFFFFFFu) + 0x0FFFu + (bits >> 13 & 1u);
    return static_cast<std::uint16_t>(sign | static_cast<std::uint16_t>((rounded - (112u << 23)) >> 13));
}

class BlockWriter {
 public:
    BlockWriter(Random& random, std::vector<std::byte>& out) : m_random(random), m_out(out) {}

    void u8(std::uint32_t value) { m_out.push_back(static_cast<std::byte>(value)); }
    void u16(std::uint16_t value) {
        u8(value & 0xFFu);
        u8(value >> 8);
    }
    void noise(int bytes) {
        for (int i = 0; i < bytes; ++i) {
            u8(m_random.byte());
        }
    }
    /// A block's scale: at most `most`, at least half of it, so that blocks differ.
    void scale(float most) { u16(half(m_random.between(0.5f, 1.0f) * most)); }

    void f32(float a) {
        const auto bits = std::bit_cast<std::uint32_t>(m_random.between(-a, a));
        u16(static_cast<std::uint16_t>(bits & 0xFFFFu));
        u16(static_cast<std::uint16_t>(bits >> 16));
    }
    void f16(float a) { u16(half(m_random.between(-a, a))); }
    void bf16(float a) { u16(static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(m_random.between(-a, a)) >> 16)); }
    void q4_0(float a) {
        scale(a / 8);
        noise(16);
    }
    void q8_0(float a) {
        scale(a / 128);
        noise(32);
    }
    /// Values d*sc*q - dmin*m with sc, m in 32..63 and dmin = 7.5 d lie in [-473, 705] d.
    void q4_k(float a) {
        const float d = m_random.between(0.5f, 1.0f) * a / 705;
        u16(half(d));
        u16(half(7.5f * d));
        std::uint32_t scales[8], mins[8];
        for (int i = 0; i < 8; ++i) {
            scales[i] = 32 + m_random.below(32);
            mins[i] = 32 + m_random.below(32);
        }
        for (int i = 0; i < 4; ++i) {
            u8(scales[i] | (scales[i + 4] >> 4) << 6);
        }
        for (int i = 0; i < 4; ++i) {
            u8(mins[i] | (mins[i + 4] >> 4) << 6);
        }
        for (int i = 4; i < 8; ++i) {
            u8((scales[i] & 15) | (mins[i] & 15) << 4);
        }
        noise(128);
    }
    /// Values d*sc*q with |sc| <= 64 and q in -32..31.
    void q6_k(float a) {
        noise(128 + 64);
        for (int i = 0; i < 16; ++i) {
            const std::uint32_t magnitude = 32 + m_random.below(33);
            u8(m_random.below(2) == 0 ? magnitude : 256 - magnitude);
        }
        scale(a / 2048);
    }

 private:
    Random& m_random;
    std::vector<std::byte>& m_out;
};

}  // namespace

std::vector<std::byte> randomBlocks(std::uint32_t ggmlType, std::uint64_t elements, float amplitude,
                                    std::uint64_t seed) {
    const inference::GgmlType* type = inference::ggmlType(ggmlType);
    assert(type != nullptr && type->blockElements != 0 && elements % type->blockElements == 0);
    std::vector<std::byte> out;
    out.reserve(elements / type->blockElements * type->blockBytes);
    Random random(seed);
    BlockWriter block(random, out);
    for (std::uint64_t i = 0; i < elements; i += type->blockElements) {
        switch (ggmlType) {
            case 0:
                block.f32(amplitude);
                break;
            case 1:
                block.f16(amplitude);
                break;
            case 2:
                block.q4_0(amplitude);
                break;
            case 8:
                block.q8_0(amplitude);
                break;
            case 12:
                block.q4_k(amplitude);
                break;
            case 14:
                block.q6_k(amplitude);
                break;
            case 30:
                block.bf16(amplitude);
                break;
            default:
                assert(false && "randomBlocks() does not know this type");
        }
    }
    assert(out.size() == elements / type->blockElements * type->blockBytes);
    return out;
}

}  // namespace lares::test

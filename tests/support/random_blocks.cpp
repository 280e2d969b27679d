// Random weights in the file layout of each ggml type, with scales chosen so that the values stay inside an amplitude.
#include "tests/support/gguf_writer.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <iterator>

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
    /// Values d*q + m with q of 0..last and m = -d * last / 2.
    void scaleAndMinimum(float a, float last) {
        const float d = m_random.between(0.5f, 1.0f) * a * 2 / last;
        u16(half(d));
        u16(half(-d * last / 2));
    }
    void q4_1(float a) {
        scaleAndMinimum(a, 15);
        noise(16);
    }
    void q5_0(float a) {
        scale(a / 16);
        noise(4 + 16);
    }
    void q5_1(float a) {
        scaleAndMinimum(a, 31);
        noise(4 + 16);
    }
    void iq4_nl(float a) {
        scale(a / 127);
        noise(16);
    }
    /// Values 2^(e-128) times -12..12.
    void mxfp4(float a) {
        u8(static_cast<std::uint32_t>(128 + std::ilogb(a / 12)) - m_random.below(2));
        noise(16);
    }
    /// Values d*sc*q - dmin*m with sc, m of 0..15 and dmin = d lie in [-15, 45] d.
    void q2_k(float a) {
        noise(16 + 64);
        const float d = m_random.between(0.5f, 1.0f) * a / 45;
        u16(half(d));
        u16(half(d));
    }
    /// Values d*sc*q with sc of -32..31 and q of -4..3.
    void q3_k(float a) {
        noise(32 + 64 + 12);
        scale(a / 128);
    }
    /// Values d*sc*v with sc of -32..31 and v of -127..113.
    void iq4_xs(float a) {
        scale(a / (32 * 127));
        noise(2 + 4 + 128);
    }
    void q4_k(float a) {
        kScales(a, 15);
        noise(128);
    }
    void q5_k(float a) {
        kScales(a, 31);
        noise(32 + 128);
    }
    /// Values d*(2s+1)*v with s of 0..15 and |v| <= 15.
    void iq3_s(float a) {
        scale(a / (31 * 15));
        noise(64 + 8 + 32 + 4);
    }
    /// Values d*(s+1/2)/2*v with s of 0..15 and |v| <= 62.
    void iq3_xxs(float a) {
        scale(a / (15.5f / 2 * 62));
        noise(64 + 32);
    }
    /// Values d*(s+1/2)/4*v with s of 0..15 and |v| <= 43.
    void iq2_s(float a) {
        scale(a / (15.5f / 4 * 43));
        noise(32 + 32 + 8 + 8);
    }
    void iq2_xs(float a) {
        scale(a / (15.5f / 4 * 43));
        noise(64 + 8);
    }
    void iq2_xxs(float a) {
        scale(a / (15.5f / 4 * 43));
        noise(64);
    }
    /// Values d*q with q of -1..2, or of -1..1 (five to a byte).
    void tq2_0(float a) {
        noise(64);
        scale(a / 2);
    }
    void tq1_0(float a) {
        noise(48 + 4);
        scale(a);
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
    /// d, dmin and 6-bit scales. Values d*sc*q - dmin*m with sc, m in 32..63, q of 0..last and dmin = d * last / 2 lie
    /// in
    /// [-31.5, 47] d * last.
    void kScales(float a, float last) {
        const float d = m_random.between(0.5f, 1.0f) * a / (47 * last);
        u16(half(d));
        u16(half(d * last / 2));
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
    }

    Random& m_random;
    std::vector<std::byte>& m_out;
};

struct Writer {
    std::uint32_t type;
    void (BlockWriter::*write)(float amplitude);
};

constexpr Writer kWriters[] = {
    {0, &BlockWriter::f32},      {1, &BlockWriter::f16},     {2, &BlockWriter::q4_0},     {3, &BlockWriter::q4_1},
    {6, &BlockWriter::q5_0},     {7, &BlockWriter::q5_1},    {8, &BlockWriter::q8_0},     {10, &BlockWriter::q2_k},
    {11, &BlockWriter::q3_k},    {12, &BlockWriter::q4_k},   {13, &BlockWriter::q5_k},    {14, &BlockWriter::q6_k},
    {16, &BlockWriter::iq2_xxs}, {17, &BlockWriter::iq2_xs}, {18, &BlockWriter::iq3_xxs}, {20, &BlockWriter::iq4_nl},
    {21, &BlockWriter::iq3_s},   {22, &BlockWriter::iq2_s},  {23, &BlockWriter::iq4_xs},  {30, &BlockWriter::bf16},
    {34, &BlockWriter::tq1_0},   {35, &BlockWriter::tq2_0},  {39, &BlockWriter::mxfp4},
};

}  // namespace

std::vector<std::byte> randomBlocks(std::uint32_t ggmlType, std::uint64_t elements, float amplitude,
                                    std::uint64_t seed) {
    const inference::GgmlType* type = inference::ggmlType(ggmlType);
    assert(type != nullptr && type->blockElements != 0 && elements % type->blockElements == 0);
    const auto* const writer = std::ranges::find(kWriters, ggmlType, &Writer::type);
    assert(writer != std::end(kWriters) && "randomBlocks() does not know this type");
    std::vector<std::byte> out;
    out.reserve(elements / type->blockElements * type->blockBytes);
    Random random(seed);
    BlockWriter block(random, out);
    for (std::uint64_t i = 0; i < elements; i += type->blockElements) {
        (block.*writer->write)(amplitude);
    }
    assert(out.size() == elements / type->blockElements * type->blockBytes);
    return out;
}

}  // namespace lares::test

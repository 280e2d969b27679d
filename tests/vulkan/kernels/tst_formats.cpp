// Weight formats: the scalar code against blocks put together by hand, and packing plus shaders against the scalar
// code.
#include "tests/vulkan/kernels/kernel_test.h"
#include "vulkan/kernels/embed/embed.h"

#include <QTest>

#include <bit>
#include <cmath>
#include <cstring>

using namespace lares;
using namespace lares::vulkan;
using namespace lares::tests;

namespace {

constexpr std::uint16_t kHalfPointFive = 0x3800;
constexpr std::uint16_t kHalfPointTwoFive = 0x3400;

void put16(std::byte* at, std::uint16_t value) {
    std::memcpy(at, &value, 2);
}

}  // namespace

class TestFormats : public QObject {
    Q_OBJECT

 private slots:
    void cleanup() { QVERIFY2(m_gpu.takeMessages().empty(), m_gpu.lastMessages().c_str()); }

    void tableIsConsistent();
    void plainNumbers();
    void q4_0Block();
    void q8_0Block();
    void q4_kBlock();
    void q6_kBlock();
    void lookupEqualsScalarCode_data();
    void lookupEqualsScalarCode();
    void brokenScalesStayInTheirBlock_data();
    void brokenScalesStayInTheirBlock();

 private:
    VulkanTest m_gpu;
};

void TestFormats::tableIsConsistent() {
    QCOMPARE(formats().size(), std::size_t{7});
    for (const Format& format : formats()) {
        QCOMPARE(formatByType(format.ggmlType), &format);
        QCOMPARE(formatByName(format.name), &format);
        QCOMPARE(&formats()[format.index], &format);
        for (const std::uint32_t blocks : {1u, 2u, 5u, 16u}) {
            QCOMPARE(format.packedRowBytes(blocks * format.blockElements) % 16, 0u);
        }
    }
    QCOMPARE(formatByType(31), nullptr);
    QCOMPARE(formatByName("Q4_1"), nullptr);
}

void TestFormats::plainNumbers() {
    // Half precision: 1, -2, the smallest subnormal, the largest number, minus zero.
    const std::uint16_t halves[] = {0x3c00, 0xc000, 0x0001, 0x7bff, 0x8000};
    float values[5];
    formatByName("F16")->dequantize(reinterpret_cast<const std::byte*>(halves), values, 5);
    QCOMPARE(values[0], 1.0f);
    QCOMPARE(values[1], -2.0f);
    QCOMPARE(values[2], 0x1p-24f);
    QCOMPARE(values[3], 65504.0f);
    QVERIFY(values[4] == 0.0f && std::signbit(values[4]));

    const std::uint16_t brains[] = {0x3f80, 0xc000, 0x7f7f};
    formatByName("BF16")->dequantize(reinterpret_cast<const std::byte*>(brains), values, 3);
    QCOMPARE(values[0], 1.0f);
    QCOMPARE(values[1], -2.0f);
    QCOMPARE(values[2], std::bit_cast<float>(0x7f7f0000u));
}

void TestFormats::q4_0Block() {
    std::byte block[18];
    put16(block, kHalfPointFive);
    for (unsigned j = 0; j < 16; ++j) block[2 + j] = static_cast<std::byte>(j | (15 - j) << 4);
    float values[32];
    formatByName("Q4_0")->dequantize(block, values, 1);
    for (int j = 0; j < 16; ++j) {
        QCOMPARE(values[j], 0.5f * static_cast<float>(j - 8));
        QCOMPARE(values[j + 16], 0.5f * static_cast<float>(7 - j));
    }
}

void TestFormats::q8_0Block() {
    std::byte block[34];
    put16(block, kHalfPointFive);
    for (int j = 0; j < 32; ++j) block[2 + j] = static_cast<std::byte>(static_cast<std::int8_t>(j * 8 - 128));
    float values[32];
    formatByName("Q8_0")->dequantize(block, values, 1);
    for (int j = 0; j < 32; ++j) QCOMPARE(values[j], 0.5f * static_cast<float>(j * 8 - 128));
}

void TestFormats::q4_kBlock() {
    // Scale and minimum of each of the 8 groups, all six bits of them in use, put where the format has them.
    const unsigned scales[8] = {1, 63, 32, 17, 47, 5, 60, 33}, minimums[8] = {0, 62, 31, 16, 55, 63, 2, 21};
    std::byte block[144] = {};
    put16(block, kHalfPointFive);
    put16(block + 2, kHalfPointTwoFive);
    for (int g = 0; g < 4; ++g) {
        block[4 + g] = static_cast<std::byte>(scales[g] | (scales[g + 4] & 0x30) << 2);
        block[8 + g] = static_cast<std::byte>(minimums[g] | (minimums[g + 4] & 0x30) << 2);
        block[12 + g] = static_cast<std::byte>((scales[g + 4] & 15) | (minimums[g + 4] & 15) << 4);
    }
    const auto quant = [](int element) { return static_cast<unsigned>(element * 7 + element / 16) & 15; };
    for (int element = 0; element < 256; ++element) {
        const int byte = 16 + element / 64 * 32 + element % 32;
        block[byte] |= static_cast<std::byte>(quant(element) << (element % 64 < 32 ? 0 : 4));
    }
    float values[256];
    formatByName("Q4_K")->dequantize(block, values, 1);
    for (int e = 0; e < 256; ++e) {
        const float expected =
            0.5f * static_cast<float>(scales[e / 32] * quant(e)) - 0.25f * static_cast<float>(minimums[e / 32]);
        QCOMPARE(values[e], expected);
    }
}

void TestFormats::q6_kBlock() {
    std::byte block[210] = {};
    const auto scale = [](int group) { return group * 15 - 120; };
    for (int g = 0; g < 16; ++g) block[192 + g] = static_cast<std::byte>(static_cast<std::int8_t>(scale(g)));
    put16(block + 208, kHalfPointFive);
    const auto quant = [](int element) { return static_cast<unsigned>(element * 11 + element / 7) & 63; };
    for (int element = 0; element < 256; ++element) {
        const int half = element / 128, quarter = element % 128 / 32, l = element % 32;
        block[half * 64 + (quarter & 1) * 32 + l] |=
            static_cast<std::byte>((quant(element) & 15) << (quarter >> 1) * 4);
        block[128 + half * 32 + l] |= static_cast<std::byte>((quant(element) >> 4) << quarter * 2);
    }
    float values[256];
    formatByName("Q6_K")->dequantize(block, values, 1);
    for (int e = 0; e < 256; ++e) {
        QCOMPARE(values[e],
                 0.5f * static_cast<float>(scale(e / 16)) * static_cast<float>(static_cast<int>(quant(e)) - 32));
    }
}

void TestFormats::lookupEqualsScalarCode_data() {
    QTest::addColumn<const Format*>("format");
    QTest::addColumn<std::uint32_t>("columns");
    QTest::addColumn<std::uint64_t>("windowRows");
    for (const Format& format : formats()) {
        const auto row = [&](std::uint32_t columns, std::uint64_t windowRows) {
            QTest::addRow("%s columns=%u windowRows=%llu", format.name, columns,
                          static_cast<unsigned long long>(windowRows))
                << &format << columns << windowRows;
        };
        if (format.blockElements == 1) {
            for (const std::uint32_t columns : {1u, 5u, 64u, 127u, 513u}) row(columns, 1000);
        }
        for (const std::uint32_t blocks : {1u, 2u, 3u, 9u}) row(std::max(32u, format.blockElements) * blocks, 1000);
        row(std::max(32u, format.blockElements) * 5, 7);
    }
}

void TestFormats::lookupEqualsScalarCode() {
    QFETCH(const Format*, format);
    QFETCH(std::uint32_t, columns);
    QFETCH(std::uint64_t, windowRows);
    constexpr std::uint32_t kRows = 23;
    Random random(columns);
    const auto file = randomWeights(random, *format, kRows, columns);
    const auto expected = dequantized(*format, file);
    const WeightMatrix table =
        guardedWeights(m_gpu.device(), *format, kRows, columns, file, windowRows * format->packedRowBytes(columns));
    QCOMPARE(table.windows.size(), std::size_t{windowRows == 7 ? 4u : 1u});

    std::vector<std::uint32_t> tokens;
    for (std::uint32_t i = 0; i < kRows; ++i) tokens.push_back((i * 5) % kRows);
    tokens.push_back(kRows);        // past the end: leaves its row alone
    tokens.push_back(0xffffffffu);  // likewise
    GuardedBuffer ids(m_gpu.device(), tokens);
    GuardedBuffer out(m_gpu.device(), tokens.size() * columns * 4);
    runOnce(m_gpu.device(), [&](CommandList& commands) {
        recordEmbed(commands, m_gpu.device(), table,
                    {.tokens = ids.view(), .out = out.view(), .tokenCount = static_cast<std::uint32_t>(tokens.size())});
    });
    QVERIFY(ids.guardsIntact() && out.guardsIntact());
    const auto actual = out.floats();
    for (std::size_t t = 0; t < kRows; ++t) {
        for (std::size_t c = 0; c < columns; ++c) {
            // All products of a scale and a quant are exact in f32, or rounded once (Q6_K), and so is the difference of
            // Q4_K: the shader gives the very same number, but for the sign of a zero.
            const float want = expected[tokens[t] * columns + c], got = actual[t * columns + c];
            QVERIFY2(got == want,
                     qPrintable(QString("token %1 column %2: %3 and not %4").arg(t).arg(c).arg(got).arg(want)));
        }
    }
    for (std::size_t i = kRows * columns; i < actual.size(); ++i) QVERIFY(std::isnan(actual[i]));
}

void TestFormats::brokenScalesStayInTheirBlock_data() {
    QTest::addColumn<QString>("formatName");
    QTest::addColumn<int>("offset");
    QTest::newRow("Q4_0") << "Q4_0" << 0;
    QTest::newRow("Q8_0") << "Q8_0" << 0;
    QTest::newRow("Q4_K d") << "Q4_K" << 0;
    QTest::newRow("Q4_K dmin") << "Q4_K" << 2;
    QTest::newRow("Q6_K") << "Q6_K" << 208;
}

/// f16 bit patterns 0x7c00 (infinity) and 0x7e00 (NaN) as scales of one block in the middle of a row.
void TestFormats::brokenScalesStayInTheirBlock() {
    QFETCH(QString, formatName);
    QFETCH(int, offset);
    const Format& format = *formatByName(formatName.toStdString());
    const std::uint32_t columns = format.blockElements * 3;
    for (const std::uint16_t scale : {std::uint16_t{0x7c00}, std::uint16_t{0xfc00}, std::uint16_t{0x7e00}}) {
        Random random(scale);
        auto file = randomWeights(random, format, 2, columns);
        put16(file.data() + format.blockBytes + static_cast<std::size_t>(offset), scale);
        const auto expected = dequantized(format, file);
        const WeightMatrix table = guardedWeights(m_gpu.device(), format, 2, columns, file);
        const std::vector<std::uint32_t> tokens{0, 1};
        GuardedBuffer ids(m_gpu.device(), tokens), out(m_gpu.device(), std::uint64_t{2} * columns * 4);
        runOnce(m_gpu.device(), [&](CommandList& commands) {
            recordEmbed(commands, m_gpu.device(), table, {.tokens = ids.view(), .out = out.view(), .tokenCount = 2});
        });
        const auto actual = out.floats();
        for (std::size_t i = 0; i < actual.size(); ++i) {
            const bool inBlock = i >= format.blockElements && i < 2 * format.blockElements;
            QCOMPARE(std::isfinite(actual[i]), std::isfinite(expected[i]));
            QVERIFY2(inBlock || actual[i] == expected[i], qPrintable(QString::number(i)));
        }
    }
}

QTEST_GUILESS_MAIN(TestFormats)
#include "tst_formats.moc"

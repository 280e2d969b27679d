// Weight formats: the scalar code against known answers (format_goldens.txt, from an implementation of its own), and
// packing plus shaders against the scalar code.
#include "tests/vulkan/kernels/kernel_test.h"
#include "vulkan/formats/iq_grids.h"
#include "vulkan/kernels/embed/embed.h"

#include <QTest>

#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>
#include <sstream>

using namespace lares;
using namespace lares::vulkan;
using namespace lares::tests;

namespace {

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
    void gridsAreWhole();
    void knownAnswers_data();
    void knownAnswers();
    void lookupEqualsScalarCode_data();
    void lookupEqualsScalarCode();
    void brokenScalesStayInTheirBlock_data();
    void brokenScalesStayInTheirBlock();

 private:
    VulkanTest m_gpu;
};

void TestFormats::tableIsConsistent() {
    for (const Format& format : formats()) {
        QCOMPARE(formatByType(format.ggmlType), &format);
        QCOMPARE(formatByName(format.name), &format);
        QCOMPARE(&formats()[format.index], &format);
        for (const std::uint32_t blocks : {1u, 2u, 5u, 16u}) {
            QCOMPARE(format.packedRowBytes(blocks * format.blockElements) % 16, 0u);
        }
    }
    QCOMPARE(formatByType(31), nullptr);
    QCOMPARE(formatByName("Q4_2"), nullptr);
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

/// A wrong digit would hardly leave a grid in order, and all but IQ3_S hold only points with an even sum.
void TestFormats::gridsAreWhole() {
    const auto check = [](std::span<const std::uint16_t> grid, unsigned bits, unsigned values, bool even) {
        for (std::size_t i = 0; i < grid.size(); ++i) {
            QVERIFY(i == 0 || grid[i] > grid[i - 1]);
            unsigned sum = 0;
            for (unsigned rest = grid[i]; rest != 0; rest >>= bits) {
                const unsigned size = rest & ((1u << bits) - 1);
                QVERIFY(size < values);
                sum += size;
            }
            QVERIFY(!even || sum % 2 == 0);
        }
    };
    check(blocks::kIq2XxsGrid, 2, 3, true);
    check(blocks::kIq2XsGrid, 2, 3, true);
    check(blocks::kIq2SGrid, 2, 3, true);
    check(blocks::kIq3XxsGrid, 4, 8, true);
    check(blocks::kIq3SGrid, 4, 8, false);
}

void TestFormats::knownAnswers_data() {
    QTest::addColumn<const Format*>("format");
    for (const Format& format : formats()) {
        if (format.blockElements > 1) QTest::addRow("%s", format.name) << &format;
    }
}

void TestFormats::knownAnswers() {
    QFETCH(const Format*, format);
    std::ifstream file(LARES_SOURCE_DIR "/tests/vulkan/kernels/format_goldens.txt");
    std::string name, hex, line;
    while (name != format->name) QVERIFY2(std::getline(file >> name >> hex >> std::ws, line), "no such format in file");
    const QByteArray block = QByteArray::fromHex(QByteArray::fromStdString(hex));
    QCOMPARE(static_cast<std::uint32_t>(block.size()), format->blockBytes);

    std::vector<float> values(format->blockElements);
    format->dequantize(reinterpret_cast<const std::byte*>(block.data()), values.data(), 1);
    std::istringstream numbers(line);
    for (const float value : values) {
        float expected = 0;
        QVERIFY(numbers >> expected);
        QCOMPARE(value, expected);
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
            // All products of scales and a quant are exact in f32, or rounded once (Q6_K), and so are the sums of those
            // with a minimum: the shader gives the very same number, but for the sign of a zero.
            const float want = expected[tokens[t] * columns + c], got = actual[t * columns + c];
            QVERIFY2(got == want,
                     qPrintable(QString("token %1 column %2: %3 and not %4").arg(t).arg(c).arg(got).arg(want)));
        }
    }
    for (std::size_t i = kRows * columns; i < actual.size(); ++i) QVERIFY(std::isnan(actual[i]));
}

void TestFormats::brokenScalesStayInTheirBlock_data() {
    QTest::addColumn<const Format*>("format");
    QTest::addColumn<std::size_t>("offset");
    for (const Format& format : formats()) {
        for (const std::size_t offset : halfScaleOffsets(format)) {
            QTest::addRow("%s at %zu", format.name, offset) << &format << offset;
        }
    }
}

/// f16 bit patterns 0x7c00 (infinity) and 0x7e00 (NaN) as scales of one block in the middle of a row.
void TestFormats::brokenScalesStayInTheirBlock() {
    QFETCH(const Format*, format);
    QFETCH(std::size_t, offset);
    const std::uint32_t columns = format->blockElements * 3;
    for (const std::uint16_t scale : {std::uint16_t{0x7c00}, std::uint16_t{0xfc00}, std::uint16_t{0x7e00}}) {
        Random random(scale);
        auto file = randomWeights(random, *format, 2, columns);
        put16(file.data() + format->blockBytes + offset, scale);
        const auto expected = dequantized(*format, file);
        const WeightMatrix table = guardedWeights(m_gpu.device(), *format, 2, columns, file);
        const std::vector<std::uint32_t> tokens{0, 1};
        GuardedBuffer ids(m_gpu.device(), tokens), out(m_gpu.device(), std::uint64_t{2} * columns * 4);
        runOnce(m_gpu.device(), [&](CommandList& commands) {
            recordEmbed(commands, m_gpu.device(), table, {.tokens = ids.view(), .out = out.view(), .tokenCount = 2});
        });
        const auto actual = out.floats();
        for (std::size_t i = 0; i < actual.size(); ++i) {
            const bool inBlock = i >= format->blockElements && i < 2 * format->blockElements;
            QCOMPARE(std::isfinite(actual[i]), std::isfinite(expected[i]));
            QVERIFY2(inBlock || actual[i] == expected[i], qPrintable(QString::number(i)));
        }
    }
}

QTEST_GUILESS_MAIN(TestFormats)
#include "tst_formats.moc"

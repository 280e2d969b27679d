// The small kernels that work row by row or number by number: norm, rope, gate, addition, picking rows.
#include "inference/reference/ops.h"
#include "tests/vulkan/kernels/kernel_test.h"
#include "vulkan/kernels/add/add.h"
#include "vulkan/kernels/gated/gated.h"
#include "vulkan/kernels/gather_rows/gather_rows.h"
#include "vulkan/kernels/rms_norm/rms_norm.h"
#include "vulkan/kernels/rope/rope.h"
#include "vulkan/kernels/step.h"
#include "vulkan/kernels/stream_read/stream_read.h"

#include <QTest>

#include <cmath>
#include <cstring>

using namespace lares;
using namespace lares::vulkan;
using namespace lares::tests;
namespace reference = lares::inference::reference;

class TestRowKernels : public QObject {
    Q_OBJECT

 private slots:
    void cleanup() { QVERIFY2(m_gpu.takeMessages().empty(), m_gpu.lastMessages().c_str()); }

    void rmsNorm_data();
    void rmsNorm();
    void rope_data();
    void rope();
    void ropeLeavesUnusedRows();
    void gated_data();
    void gated();
    void gatedAtTheEnds();
    void add_data();
    void add();
    void gatherRows();
    void streamReadReadsEverything();

 private:
    VulkanTest m_gpu;
};

void TestRowKernels::rmsNorm_data() {
    QTest::addColumn<std::uint32_t>("rows");
    QTest::addColumn<std::uint32_t>("width");
    QTest::addColumn<bool>("inPlace");
    for (const std::uint32_t width : {1u, 5u, 8u, 31u, 64u, 513u, 4096u}) {
        for (const std::uint32_t rows : {1u, 9u}) {
            QTest::addRow("rows=%u width=%u", rows, width) << rows << width << false;
            QTest::addRow("rows=%u width=%u in place", rows, width) << rows << width << true;
        }
    }
    QTest::addRow("rows=33000 width=4") << 33000u << 4u << false;  // more groups than one dimension may be asked for
}

/// The sum of squares has no cancellation: its relative error is below width / 8 lanes * 2^-24, 3e-5 in the worst case
/// and sqrt of that as a rule; the root halves it, and square root and division add 2.5 ulp each (Vulkan).
void TestRowKernels::rmsNorm() {
    QFETCH(std::uint32_t, rows);
    QFETCH(std::uint32_t, width);
    QFETCH(bool, inPlace);
    Device& device = m_gpu.device();
    Random random(rows + width);
    const auto in = unkindActivations(random, rows, width);
    std::vector<float> weight(width);
    for (float& value : weight) value = random.uniform();
    constexpr float kEpsilon = 1e-5f;
    std::vector<double> expected(in.size());
    reference::rmsNorm(toDouble(in), weight, static_cast<double>(kEpsilon), expected);
    GuardedBuffer inBuffer(device, in), weightBuffer(device, weight), out(device, in.size() * 4);
    GuardedBuffer& target = inPlace ? inBuffer : out;
    runOnce(device, [&](CommandList& commands) {
        recordRmsNorm(commands, device,
                      {.in = inBuffer.view(),
                       .weight = weightBuffer.view(),
                       .out = target.view(),
                       .rows = rows,
                       .width = width,
                       .epsilon = kEpsilon});
    });
    const std::string wrong = difference(expected, target.floats(), width, {.nmse = 1e-11, .rowError = 2e-5});
    QVERIFY2(wrong.empty(), wrong.c_str());
    QVERIFY(inBuffer.guardsIntact() && weightBuffer.guardsIntact() && out.guardsIntact());
}

void TestRowKernels::rope_data() {
    QTest::addColumn<std::uint32_t>("heads");
    QTest::addColumn<std::uint32_t>("headSize");
    QTest::addColumn<std::uint32_t>("rotated");
    QTest::addColumn<std::uint32_t>("position");
    QTest::addColumn<bool>("halves");
    QTest::addColumn<bool>("factors");
    QTest::addColumn<bool>("yarn");
    for (const bool halves : {false, true}) {
        for (const std::uint32_t position : {0u, 1u, 4095u, 131071u}) {
            QTest::addRow("size=8 position=%u halves=%d", position, halves)
                << 8u << 8u << 8u << position << halves << false << false;
            QTest::addRow("size=80 rotated=32 position=%u halves=%d", position, halves)
                << 3u << 80u << 32u << position << halves << false << false;
            QTest::addRow("size=96 yarn position=%u halves=%d", position, halves)
                << 2u << 96u << 96u << position << halves << false << true;
            QTest::addRow("size=128 factors position=%u halves=%d", position, halves)
                << 2u << 128u << 128u << position << halves << true << false;
        }
    }
}

/// The angle is right to 2^-32 turns, cosine and sine to some 1e-7, and each result is two products: an error of 3e-7
/// of the pair's length, whatever the position.
void TestRowKernels::rope() {
    QFETCH(std::uint32_t, heads);
    QFETCH(std::uint32_t, headSize);
    QFETCH(std::uint32_t, rotated);
    QFETCH(std::uint32_t, position);
    QFETCH(bool, halves);
    QFETCH(bool, factors);
    QFETCH(bool, yarn);
    Device& device = m_gpu.device();
    constexpr std::uint32_t kRows = 5;
    Random random(headSize + position);
    std::vector<float> values(std::size_t{kRows} * heads * headSize);
    for (float& value : values) value = random.uniform();
    std::vector<float> divisors;
    for (std::uint32_t i = 0; factors && i < rotated / 2; ++i) divisors.push_back(1.0f + static_cast<float>(i % 8));
    const double base = factors ? 500000 : 10000, scale = factors ? 1 : 0.5, magnitude = 1.25;

    RopeFrequencies frequencies{.rotated = rotated, .base = base, .scale = scale, .factors = divisors};
    if (yarn) frequencies.unscaledUntil = 2, frequencies.scaledFrom = rotated / 2 - 3;

    auto expected = toDouble(values);
    reference::rope(expected,
                    {.headCount = heads,
                     .headSize = headSize,
                     .rotated = rotated,
                     .halves = halves,
                     .base = base,
                     .scale = scale,
                     .unscaledUntil = frequencies.unscaledUntil,
                     .scaledFrom = frequencies.scaledFrom,
                     .magnitude = magnitude,
                     .factors = divisors},
                    position);
    const std::vector<std::uint32_t> step{position, kRows};
    GuardedBuffer buffer(device, values), turns(device, ropeTurns(frequencies)), s(device, step);
    runOnce(device, [&](CommandList& commands) {
        recordRope(commands, device,
                   {.heads = buffer.view(),
                    .turns = turns.view(),
                    .step = s.view(),
                    .rows = kRows,
                    .headCount = heads,
                    .headSize = headSize,
                    .rotated = rotated,
                    .pairing = halves ? RopePairing::halves : RopePairing::adjacent,
                    .magnitude = static_cast<float>(magnitude)});
    });
    const std::string wrong = difference(expected, buffer.floats(), headSize, {.nmse = 1e-13, .rowError = 2e-6});
    QVERIFY2(wrong.empty(), wrong.c_str());
    QVERIFY(buffer.guardsIntact() && turns.guardsIntact() && s.guardsIntact());
}

void TestRowKernels::ropeLeavesUnusedRows() {
    Device& device = m_gpu.device();
    const std::vector<float> values(4 * 16, 1.0f);
    const std::vector<std::uint32_t> step{9, 2};
    GuardedBuffer buffer(device, values), turns(device, ropeTurns({.rotated = 16})), s(device, step);
    runOnce(device, [&](CommandList& commands) {
        recordRope(commands, device,
                   {.heads = buffer.view(),
                    .turns = turns.view(),
                    .step = s.view(),
                    .rows = 4,
                    .headCount = 1,
                    .headSize = 16,
                    .rotated = 16});
    });
    const auto actual = buffer.floats();
    for (std::size_t i = 0; i < actual.size(); ++i) QCOMPARE(actual[i] == 1.0f, i >= 32);
}

void TestRowKernels::gated_data() {
    QTest::addColumn<std::uint32_t>("count");
    QTest::addColumn<int>("activation");
    for (const std::uint32_t count : {1u, 3u, 4u, 7u, 172u, 4097u, 100000u}) {
        QTest::addRow("silu count=%u", count) << count << static_cast<int>(ActivationType::silu);
        QTest::addRow("geluTanh count=%u", count) << count << static_cast<int>(ActivationType::geluTanh);
        QTest::addRow("clampedSilu count=%u", count) << count << static_cast<int>(ActivationType::clampedSilu);
    }
}

/// exp() may be off by (3 + 2|x|) ulp (Vulkan). Gates are within +-6 here, and the exponent of geluTanh is at most 25
/// where its result is more than nothing: 53 ulp of the smallest results, 15 of the ones that count: 15 * 2^-24 = 9e-7.
/// For clampedSilu gates and what they gate reach past the clamp.
void TestRowKernels::gated() {
    QFETCH(std::uint32_t, count);
    QFETCH(int, activation);
    Device& device = m_gpu.device();
    Random random(count);
    std::vector<float> gate(count), up(count);
    const bool clamped = static_cast<ActivationType>(activation) == ActivationType::clampedSilu;
    for (float& value : gate) value = (clamped ? 12.0f : 6.0f) * random.uniform();
    for (float& value : up) value = (clamped ? 12.0f : 1.0f) * random.uniform();
    std::vector<double> expected(count);
    if (clamped) {
        reference::gatedClamped(toDouble(gate), toDouble(up), expected);
    } else {
        reference::gated(toDouble(gate), toDouble(up), activation == 0 ? reference::silu : reference::geluTanh,
                         expected);
    }
    GuardedBuffer gateBuffer(device, gate), upBuffer(device, up), out(device, std::uint64_t{count} * 4);
    runOnce(device, [&](CommandList& commands) {
        recordGated(commands, device,
                    {.gate = gateBuffer.view(),
                     .up = upBuffer.view(),
                     .out = out.view(),
                     .count = count,
                     .activation = static_cast<ActivationType>(activation)});
    });
    const std::string wrong = difference(expected, out.floats(), count, {.nmse = 1e-12, .rowError = 1e-5});
    QVERIFY2(wrong.empty(), wrong.c_str());
    QVERIFY(gateBuffer.guardsIntact() && upBuffer.guardsIntact() && out.guardsIntact());
}

/// Far from zero the gate is shut or open: no infinity, no NaN.
void TestRowKernels::gatedAtTheEnds() {
    Device& device = m_gpu.device();
    const std::vector<float> gate{-1e30f, -1000, -88, -0.0f, 0, 88, 1000, 1e10f}, up(8, 1.0f);
    for (const ActivationType activation : {ActivationType::silu, ActivationType::geluTanh}) {
        GuardedBuffer gateBuffer(device, gate), upBuffer(device, up), out(device, 32);
        runOnce(device, [&](CommandList& commands) {
            recordGated(commands, device,
                        {.gate = gateBuffer.view(),
                         .up = upBuffer.view(),
                         .out = out.view(),
                         .count = 8,
                         .activation = activation});
        });
        const auto actual = out.floats();
        QVERIFY(std::abs(actual[1]) < 1e-30f && std::abs(actual[2]) < 1e-30f);
        QVERIFY(actual[3] == 0 && actual[4] == 0);
        QCOMPARE(actual[5], 88.0f);
        QCOMPARE(actual[6], 1000.0f);
        QCOMPARE(actual[7], 1e10f);
        QVERIFY(std::abs(actual[0]) < 1e-5f);  // -1e30 / exp(87)
    }
}

void TestRowKernels::add_data() {
    QTest::addColumn<std::uint32_t>("count");
    for (const std::uint32_t count : {1u, 2u, 4u, 5u, 127u, 128u, 129u, 100003u})
        QTest::addRow("count=%u", count) << count;
}

void TestRowKernels::add() {
    QFETCH(std::uint32_t, count);
    Device& device = m_gpu.device();
    Random random(count);
    const auto left = unkindActivations(random, 1, count), right = unkindActivations(random, 1, count);
    GuardedBuffer leftBuffer(device, left), rightBuffer(device, right), out(device, std::uint64_t{count} * 4);
    runOnce(device, [&](CommandList& commands) {
        recordAdd(commands, device,
                  {.left = leftBuffer.view(), .right = rightBuffer.view(), .out = out.view(), .count = count});
        recordAdd(commands, device,
                  {.left = leftBuffer.view(), .right = out.view(), .out = leftBuffer.view(), .count = count});
    });
    const auto sum = out.floats(), again = leftBuffer.floats();
    for (std::size_t i = 0; i < count; ++i) {
        QVERIFY(sum[i] == left[i] + right[i]);  // one rounding, so the very same number
        QVERIFY(again[i] == left[i] + sum[i]);
    }
    QVERIFY(leftBuffer.guardsIntact() && rightBuffer.guardsIntact() && out.guardsIntact());
}

void TestRowKernels::gatherRows() {
    Device& device = m_gpu.device();
    constexpr std::uint32_t kRows = 11, kWidth = 37;
    Random random(3);
    const auto in = unkindActivations(random, kRows, kWidth);
    const std::vector<std::uint32_t> picks{10, 0, 3, 3, 11, 0xffffffffu};  // the last two are past the end
    std::vector<double> expected(4 * kWidth);
    reference::gatherRows(toDouble(in), kWidth, std::span(picks).first(4), expected);
    GuardedBuffer inBuffer(device, in), picksBuffer(device, picks), out(device, picks.size() * kWidth * 4);
    runOnce(device, [&](CommandList& commands) {
        recordGatherRows(commands, device,
                         {.in = inBuffer.view(),
                          .indices = picksBuffer.view(),
                          .out = out.view(),
                          .inRows = kRows,
                          .count = static_cast<std::uint32_t>(picks.size()),
                          .width = kWidth});
    });
    const auto actual = out.floats();
    for (std::size_t i = 0; i < actual.size(); ++i) {
        if (i < expected.size()) {
            QCOMPARE(static_cast<double>(actual[i]), expected[i]);
        } else {
            QVERIFY(std::isnan(actual[i]));
        }
    }
    QVERIFY(inBuffer.guardsIntact() && out.guardsIntact());
}

/// It writes only when the words that one invocation reads add up to a certain number: here one word does, alone.
void TestRowKernels::streamReadReadsEverything() {
    constexpr std::uint32_t kTheWord = 0x5eed1e55, kUntouched = 0xffffffff;
    Random random(4);
    const auto written = [&](const std::vector<std::uint32_t>& words) {
        GuardedBuffer in(m_gpu.device(), words), out(m_gpu.device(), std::vector<std::uint32_t>{kUntouched});
        runOnce(m_gpu.device(),
                [&](CommandList& commands) { recordStreamRead(commands, m_gpu.device(), in.view(), out.view()); });
        std::uint32_t result = 0;
        std::memcpy(&result, out.bytes().data(), sizeof result);
        return std::pair(result != kUntouched, in.guardsIntact() && out.guardsIntact());
    };
    for (const std::uint32_t vectors : {1u, 255u, 4096u, 4097u, 50000u}) {
        std::vector<std::uint32_t> words(vectors * 4);
        QCOMPARE(written(words), std::pair(false, true));
        for (const std::uint32_t at : {0u, random.below(vectors * 4), vectors * 4 - 1}) {
            words[at] = kTheWord;
            QCOMPARE(written(words), std::pair(true, true));
            words[at] = 0;
        }
    }
}

QTEST_GUILESS_MAIN(TestRowKernels)
#include "tst_row_kernels.moc"

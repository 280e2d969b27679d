// The small kernels that only some decoders have: layer norm, activations without a gate, soft caps, learned positions,
// scaled embeddings.
#include "inference/reference/ops.h"
#include "tests/vulkan/kernels/kernel_test.h"
#include "vulkan/kernels/activate/activate.h"
#include "vulkan/kernels/add_positions/add_positions.h"
#include "vulkan/kernels/embed/embed.h"
#include "vulkan/kernels/layer_norm/layer_norm.h"
#include "vulkan/kernels/soft_cap/soft_cap.h"
#include "vulkan/kernels/step.h"

#include <QTest>

#include <algorithm>
#include <cmath>

using namespace lares;
using namespace lares::vulkan;
using namespace lares::tests;
namespace reference = lares::inference::reference;

class TestDecoderKernels : public QObject {
    Q_OBJECT

 private slots:
    void cleanup() { QVERIFY2(m_gpu.takeMessages().empty(), m_gpu.lastMessages().c_str()); }

    void layerNorm_data();
    void layerNorm();
    void activate_data();
    void activate();
    void softCap_data();
    void softCap();
    void softCapAtTheEnds();
    void addPositions_data();
    void addPositions();
    void addsOneRowToAll();
    void embedScales();

 private:
    VulkanTest m_gpu;
};

void TestDecoderKernels::layerNorm_data() {
    QTest::addColumn<std::uint32_t>("rows");
    QTest::addColumn<std::uint32_t>("width");
    QTest::addColumn<std::uint32_t>("weightRows");
    QTest::addColumn<bool>("bias");
    QTest::addColumn<bool>("inPlace");
    const auto row = [](std::uint32_t rows, std::uint32_t width, std::uint32_t weightRows, bool bias, bool inPlace) {
        QTest::addRow("rows=%u width=%u weights=%u bias=%d in place=%d", rows, width, weightRows, bias, inPlace)
            << rows << width << weightRows << bias << inPlace;
    };
    for (const std::uint32_t width : {2u, 5u, 8u, 31u, 64u, 513u, 4096u}) {
        row(1, width, 1, true, false);
        row(9, width, 1, false, true);
        row(12, width, 4, false, false);
        row(15, width, 5, true, true);
    }
    row(33000, 4, 3, true, false);  // more groups than one dimension may be asked for
}

/// With f = 2^-24 and sums in lanes and subgroups, mean and variance are each off by some f * sqrt(width / 8) of the
/// largest number; outliers of 1000 among numbers of 1 make what is left of a row after the mean is taken off rounder:
/// 1000 f = 6e-5 of a typical number, but the row's rms is that of the outliers, so 2e-5 of it is room enough.
void TestDecoderKernels::layerNorm() {
    QFETCH(std::uint32_t, rows);
    QFETCH(std::uint32_t, width);
    QFETCH(std::uint32_t, weightRows);
    QFETCH(bool, bias);
    QFETCH(bool, inPlace);
    Device& device = m_gpu.device();
    Random random(rows + width + weightRows);
    const auto in = unkindActivations(random, rows, width);
    std::vector<float> weight(std::size_t{weightRows} * width), shift(weight.size());
    for (float& value : weight) value = random.uniform();
    for (float& value : shift) value = random.uniform();
    constexpr float kEpsilon = 1e-5f;
    std::vector<double> expected(in.size());
    reference::layerNorm(toDouble(in), width, weight, bias ? std::span<const float>(shift) : std::span<const float>(),
                         static_cast<double>(kEpsilon), expected);
    GuardedBuffer inBuffer(device, in), weightBuffer(device, weight), biasBuffer(device, shift);
    GuardedBuffer out(device, in.size() * 4);
    GuardedBuffer& target = inPlace ? inBuffer : out;
    LayerNormArgs args{.in = inBuffer.view(),
                       .weight = weightBuffer.view(),
                       .bias = {},
                       .out = target.view(),
                       .rows = rows,
                       .width = width,
                       .weightRows = weightRows,
                       .epsilon = kEpsilon};
    if (bias) args.bias = biasBuffer.view();
    runOnce(device, [&](CommandList& commands) { recordLayerNorm(commands, device, args); });
    const std::string wrong = difference(expected, target.floats(), width, {.nmse = 1e-11, .rowError = 2e-5});
    QVERIFY2(wrong.empty(), wrong.c_str());
    QVERIFY(inBuffer.guardsIntact() && weightBuffer.guardsIntact() && biasBuffer.guardsIntact() && out.guardsIntact());
}

void TestDecoderKernels::activate_data() {
    QTest::addColumn<std::uint32_t>("count");
    QTest::addColumn<int>("activation");
    for (const std::uint32_t count : {1u, 3u, 4u, 127u, 130u, 100003u}) {
        QTest::addRow("silu count=%u", count) << count << static_cast<int>(ActivationType::silu);
        QTest::addRow("geluTanh count=%u", count) << count << static_cast<int>(ActivationType::geluTanh);
    }
}

/// exp() is off by (3 + 2|x|) * 2^-24 at most, the rest by a few roundings.
void TestDecoderKernels::activate() {
    QFETCH(std::uint32_t, count);
    QFETCH(int, activation);
    Device& device = m_gpu.device();
    Random random(count);
    std::vector<float> in(count);
    for (float& value : in) value = 6 * random.uniform();
    std::vector<double> expected = toDouble(in);
    std::ranges::transform(expected, expected.begin(), activation == 0 ? reference::silu : reference::geluTanh);
    GuardedBuffer inBuffer(device, in), out(device, std::uint64_t{count} * 4);
    const auto type = static_cast<ActivationType>(activation);
    runOnce(device, [&](CommandList& commands) {
        recordActivate(commands, device,
                       {.in = inBuffer.view(), .out = out.view(), .count = count, .activation = type});
    });
    const std::string wrong = difference(expected, out.floats(), count, {.nmse = 1e-12, .rowError = 1e-5});
    QVERIFY2(wrong.empty(), wrong.c_str());
    QVERIFY(inBuffer.guardsIntact() && out.guardsIntact());
}

void TestDecoderKernels::softCap_data() {
    QTest::addColumn<std::uint32_t>("count");
    QTest::addColumn<float>("range");
    for (const std::uint32_t count : {1u, 31u, 129u, 100003u}) {
        for (const float range : {0.01f, 12.0f, 200.0f})
            QTest::addRow("%u to %g", count, static_cast<double>(range)) << count << range;
    }
}

/// Small numbers keep their relative precision: a row of 0.01 is compared at its own scale.
void TestDecoderKernels::softCap() {
    QFETCH(std::uint32_t, count);
    QFETCH(float, range);
    Device& device = m_gpu.device();
    Random random(count);
    std::vector<float> in(count);
    for (float& value : in) value = range * random.uniform();
    std::vector<double> expected = toDouble(in);
    for (double& value : expected) value = reference::softCap(value, 30);
    GuardedBuffer inBuffer(device, in), out(device, std::uint64_t{count} * 4);
    runOnce(device, [&](CommandList& commands) {
        recordSoftCap(commands, device, {.in = inBuffer.view(), .out = out.view(), .count = count, .cap = 30});
        recordSoftCap(commands, device, {.in = inBuffer.view(), .out = inBuffer.view(), .count = count, .cap = 30});
    });
    const std::string wrong = difference(expected, out.floats(), count, {.nmse = 1e-12, .rowError = 2e-6});
    QVERIFY2(wrong.empty(), wrong.c_str());
    QCOMPARE(inBuffer.floats(), out.floats());
    QVERIFY(inBuffer.guardsIntact() && out.guardsIntact());
}

void TestDecoderKernels::softCapAtTheEnds() {
    Device& device = m_gpu.device();
    const std::vector<float> in{-1e30f, -1e4f, -0.0f, 0, 1e4f, 1e30f};
    GuardedBuffer inBuffer(device, in), out(device, in.size() * 4);
    runOnce(device, [&](CommandList& commands) {
        recordSoftCap(commands, device, {.in = inBuffer.view(), .out = out.view(), .count = 6, .cap = 50});
    });
    QCOMPARE(out.floats(), (std::vector<float>{-50, -50, 0, 0, 50, 50}));
}

void TestDecoderKernels::addPositions_data() {
    QTest::addColumn<std::uint32_t>("rows");
    QTest::addColumn<std::uint32_t>("width");
    QTest::addColumn<std::uint32_t>("position");
    QTest::addColumn<std::uint32_t>("tokenCount");
    for (const std::uint32_t width : {1u, 48u, 257u}) {
        for (const std::uint32_t position : {0u, 5u, 11u}) {  // from the last on, rows 9.. lie past the table
            QTest::addRow("width=%u position=%u", width, position) << 7u << width << position << 7u;
            QTest::addRow("width=%u position=%u used=4", width, position) << 7u << width << position << 4u;
        }
    }
}

void TestDecoderKernels::addPositions() {
    QFETCH(std::uint32_t, rows);
    QFETCH(std::uint32_t, width);
    QFETCH(std::uint32_t, position);
    QFETCH(std::uint32_t, tokenCount);
    constexpr std::uint32_t kPositions = 16;
    Device& device = m_gpu.device();
    Random random(rows + width + position);
    const auto values = unkindActivations(random, rows, width), table = unkindActivations(random, kPositions, width);
    const std::vector<std::uint32_t> step{position, tokenCount};
    GuardedBuffer buffer(device, values), tableBuffer(device, table), stepBuffer(device, step);
    runOnce(device, [&](CommandList& commands) {
        recordAddPositions(commands, device,
                           {.values = buffer.view(),
                            .table = tableBuffer.view(),
                            .step = stepBuffer.view(),
                            .rows = rows,
                            .width = width,
                            .positions = kPositions});
    });
    const auto actual = buffer.floats();
    for (std::uint32_t i = 0; i < actual.size(); ++i) {
        const std::uint32_t row = i / width;
        const bool touched = row < tokenCount && position + row < kPositions;
        // One rounding, so the very same number.
        QVERIFY(actual[i] == (touched ? values[i] + table[(position + row) * width + i % width] : values[i]));
    }
    QVERIFY(buffer.guardsIntact() && tableBuffer.guardsIntact() && stepBuffer.guardsIntact());
}

void TestDecoderKernels::addsOneRowToAll() {
    constexpr std::uint32_t kRows = 7, kWidth = 37, kUsed = 5;
    Device& device = m_gpu.device();
    Random random(3);
    const auto values = unkindActivations(random, kRows, kWidth), added = unkindActivations(random, 1, kWidth);
    const std::vector<std::uint32_t> step{6, kUsed};  // the position does not matter
    GuardedBuffer buffer(device, values), row(device, added), stepBuffer(device, step);
    runOnce(device, [&](CommandList& commands) {
        recordAddPositions(commands, device,
                           {.values = buffer.view(),
                            .table = row.view(),
                            .step = stepBuffer.view(),
                            .rows = kRows,
                            .width = kWidth,
                            .positions = 1,
                            .sameRow = true});
    });
    const auto actual = buffer.floats();
    for (std::uint32_t i = 0; i < actual.size(); ++i) {
        QVERIFY(actual[i] == (i / kWidth < kUsed ? values[i] + added[i % kWidth] : values[i]));
    }
    QVERIFY(buffer.guardsIntact() && row.guardsIntact() && stepBuffer.guardsIntact());
}

void TestDecoderKernels::embedScales() {
    Device& device = m_gpu.device();
    const Format& format = *formatByName("Q8_0");
    constexpr std::uint32_t kRows = 9, kColumns = 96;
    constexpr float kScale = 13.856406f;
    Random random(4);
    const auto file = randomWeights(random, format, kRows, kColumns);
    const std::vector<std::uint32_t> tokens{8, 0, 3};
    std::vector<double> expected(tokens.size() * kColumns);
    reference::embed(dequantized(format, file), kColumns, tokens, static_cast<double>(kScale), expected);
    const WeightMatrix table = guardedWeights(device, format, kRows, kColumns, file);
    GuardedBuffer ids(device, tokens), out(device, expected.size() * 4);
    runOnce(device, [&](CommandList& commands) {
        recordEmbed(commands, device, table,
                    {.tokens = ids.view(), .out = out.view(), .tokenCount = 3, .scale = kScale});
    });
    const std::string wrong = difference(expected, out.floats(), kColumns, {.nmse = 1e-14, .rowError = 1e-6});
    QVERIFY2(wrong.empty(), wrong.c_str());
    QVERIFY(ids.guardsIntact() && out.guardsIntact());
}

QTEST_GUILESS_MAIN(TestDecoderKernels)
#include "tst_decoder_kernels.moc"

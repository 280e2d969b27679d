// Matrix products with weights of every format against the reference.
//
// Limits. A sum of k products in f32 is off by at most about k * 2^-24 times the sum of the products' sizes; with lanes
// and vec4 adding in parallel and errors of random sign it is nearer to sqrt(k) * 2^-24. An output is itself about
// sqrt(k) products large when signs are random, so the relative error is about 2^-24 * a few: an NMSE of some 1e-14.
// One output may cancel, and outlier channels make single products large, hence the room to 1e-11; in a row of outputs
// none is off by more than 1e-4 of the row's root mean square (k = 1100: 1100 * 2^-24 = 6.6e-5 in the worst case).
#include "inference/reference/ops.h"
#include "tests/vulkan/kernels/kernel_test.h"
#include "tst_matmul_shaders.h"
#include "vulkan/kernels/common/grid.h"
#include "vulkan/kernels/matmul/matmul.h"
#include "vulkan/kernels/matmul/matmul_params.h"
#include "vulkan/shaders.h"

#include <QTest>

using namespace lares;
using namespace lares::vulkan;
using namespace lares::tests;
namespace reference = lares::inference::reference;

namespace {

constexpr Limits kLimits{.nmse = 1e-11, .rowError = 1e-4};

struct Case {
    const Format* format;
    std::uint32_t rows, columns, batch;
    bool bias, residual;
    std::uint64_t windowRows;
    MatmulKernel kernel = MatmulKernel::automatic;
};

}  // namespace
Q_DECLARE_METATYPE(Case)

class TestMatmul : public QObject {
    Q_OBJECT

 private slots:
    void cleanup() { QVERIFY2(m_gpu.takeMessages().empty(), m_gpu.lastMessages().c_str()); }

    void equalsReference_data();
    void equalsReference();
    void residualMayBeTheOutput();
    void wrongKernelIsNoticed();
    void wrongNumberIsNoticed();
    void brokenGuardIsNoticed();

 private:
    VulkanTest m_gpu;
};

void TestMatmul::equalsReference_data() {
    QTest::addColumn<Case>("c");
    const auto row = [](const Case& c) {
        QTest::addRow("%s rows=%u columns=%u batch=%u bias=%d residual=%d windowRows=%llu kernel=%d", c.format->name,
                      c.rows, c.columns, c.batch, c.bias, c.residual, static_cast<unsigned long long>(c.windowRows),
                      static_cast<int>(c.kernel))
            << c;
    };
    for (const Format& format : formats()) {
        Random random(format.ggmlType + 1);
        // Widths by how they lie (matmul_io.glsl): whole chunks, fours, any. Each way, and each power of two of rows of
        // activations, is a pipeline of its own that takes long to compile. How sums are made is the same for all
        // formats, so F32 takes every way with every number of rows, Q4_0 every number one way, and the others one
        // number of each kind: one, several, a tile.
        const bool everyWidth = format.index == 0;
        const bool everyBatch = everyWidth || format.name == std::string_view("Q4_0");
        const std::vector<std::vector<std::uint32_t>> widths =
            format.blockElements == 1
                ? std::vector<std::vector<std::uint32_t>>{{128, 1024}, {64, 172}, {5, 513, 1, 511}}
            : format.blockElements == 32 ? std::vector<std::vector<std::uint32_t>>{{128, 1024}, {32, 160, 1056, 64}}
                                         : std::vector<std::vector<std::uint32_t>>{{256, 512, 768, 1024}};
        const auto columnsFor = [&](std::uint32_t i, std::uint32_t batch) {
            const bool all = batch == 1 || everyWidth;
            const auto& kind = widths[(all ? i : format.index) % widths.size()];
            return kind[i / widths.size() % kind.size()];
        };
        std::uint32_t i = 0;
        const std::vector<std::uint32_t> batches =
            everyBatch ? std::vector{1u, 1u, 1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u, 9u, 17u, 33u, 65u}
                       : std::vector{1u, 1u, 1u, 2u};
        for (const std::uint32_t batch : batches) {
            row({&format, random.between(1, 9), columnsFor(i, batch), batch, i % 3 == 1, i % 4 == 2, 1000});
            ++i;
        }
        // Both shaders for many rows, whichever this device would take: around the tile of 64, and in windows.
        for (const MatmulKernel kernel : {MatmulKernel::matvec, MatmulKernel::tiled}) {
            if (!everyBatch && kernel == MatmulKernel::matvec) continue;
            row({&format, 65, columnsFor(2, 64), 64, true, true, 1000, kernel});
            row({&format, 129, columnsFor(2, 63), 63, false, false, 1000, kernel});
            row({&format, 3, columnsFor(1, 65), 65, false, true, 1000, kernel});
            row({&format, 63, columnsFor(3, 9), 9, true, false, 1000, kernel});
            row({&format, 50, columnsFor(2, 20), 20, true, true, 17, kernel});
        }
        row({&format, 63, columnsFor(1, 1), 1, true, true, 1000});
        row({&format, 50, columnsFor(4, 1), 1, true, true, 17});
    }
}

void TestMatmul::equalsReference() {
    QFETCH(Case, c);
    Device& device = m_gpu.device();
    Random random(c.rows * 1000003 + c.columns * 1009 + c.batch);
    const auto file = randomWeights(random, *c.format, c.rows, c.columns);
    const auto in = unkindActivations(random, c.batch, c.columns);
    const auto bias = unkindActivations(random, 1, c.rows);
    const auto residual = unkindActivations(random, c.batch, c.rows);

    std::vector<double> expected(std::size_t{c.batch} * c.rows);
    reference::matmul(dequantized(*c.format, file), c.columns,
                      c.bias ? std::span<const float>(bias) : std::span<const float>(), toDouble(in), expected);
    const float scale = c.bias ? 0.375f : 1.0f;
    for (double& value : expected) value *= static_cast<double>(scale);
    if (c.residual) reference::add(expected, toDouble(residual), expected);

    const WeightMatrix weights =
        guardedWeights(device, *c.format, c.rows, c.columns, file, c.windowRows * c.format->packedRowBytes(c.columns));
    QCOMPARE(weights.windows.size() > 1, c.windowRows < c.rows);
    GuardedBuffer inBuffer(device, in), biasBuffer(device, bias), residualBuffer(device, residual);
    GuardedBuffer out(device, expected.size() * 4);
    MatmulArgs args{.in = inBuffer.view(),
                    .out = out.view(),
                    .bias = {},
                    .residual = {},
                    .rows = c.batch,
                    .scale = scale,
                    .kernel = c.kernel};
    if (c.bias) args.bias = biasBuffer.view();
    if (c.residual) args.residual = residualBuffer.view();
    runOnce(device, [&](CommandList& commands) { recordMatmul(commands, device, weights, args); });

    const std::string wrong = difference(expected, out.floats(), c.rows, kLimits);
    QVERIFY2(wrong.empty(), wrong.c_str());
    QVERIFY(inBuffer.guardsIntact() && biasBuffer.guardsIntact() && residualBuffer.guardsIntact() &&
            out.guardsIntact());
}

void TestMatmul::residualMayBeTheOutput() {
    Device& device = m_gpu.device();
    const Format& format = *formatByName("Q8_0");
    for (const std::uint32_t batch : {1u, 40u}) {
        Random random(batch);
        const auto file = randomWeights(random, format, 70, 256);
        const auto in = unkindActivations(random, batch, 256), stream = unkindActivations(random, batch, 70);
        std::vector<double> expected(stream.size());
        reference::matmul(dequantized(format, file), 256, {}, toDouble(in), expected);
        reference::add(expected, toDouble(stream), expected);
        const WeightMatrix weights = guardedWeights(device, format, 70, 256, file);
        GuardedBuffer inBuffer(device, in), out(device, stream);
        runOnce(device, [&](CommandList& commands) {
            recordMatmul(commands, device, weights,
                         {.in = inBuffer.view(), .out = out.view(), .bias = {}, .residual = out.view(), .rows = batch});
        });
        const std::string wrong = difference(expected, out.floats(), 70, kLimits);
        QVERIFY2(wrong.empty(), wrong.c_str());
    }
}

void TestMatmul::wrongKernelIsNoticed() {
    Device& device = m_gpu.device();
    const Format& format = *formatByName("Q4_0");
    constexpr std::uint32_t kRows = 64, kColumns = 512;
    Random random(1);
    const auto file = randomWeights(random, format, kRows, kColumns);
    const auto in = unkindActivations(random, 1, kColumns);
    std::vector<double> expected(kRows);
    reference::matmul(dequantized(format, file), kColumns, {}, toDouble(in), expected);
    const WeightMatrix weights = guardedWeights(device, format, kRows, kColumns, file);
    GuardedBuffer inBuffer(device, in), right(device, kRows * 4), wrong(device, kRows * 4);
    const auto run = [&](const Shader& shader, GuardedBuffer& out) {
        const std::uint32_t size = device.info().limits.subgroupSize;
        runOnce(device, [&](CommandList& commands) {
            commands.dispatch(device.pipeline(shader, {{size, 0, 4, 1}}),
                              {read(weights.windows[0].buffer), read(inBuffer.view()), write(out.view()),
                               read(inBuffer.view()), read(inBuffer.view())},
                              MatmulParams{0, kRows, format.packedRowBytes(kColumns) / 16, kColumns / 128, kColumns,
                                           kRows, 1, 0, 0, 1.0f},
                              linearGroups(kRows / 4));
        });
    };
    run(shaders::matvec_q4_0, right);
    run(shaders::matvec_wrong_scale, wrong);
    QCOMPARE(difference(expected, right.floats(), kRows, kLimits), std::string());
    QVERIFY(!difference(expected, wrong.floats(), kRows, kLimits).empty());
}

void TestMatmul::wrongNumberIsNoticed() {
    Random random(2);
    const auto truth = unkindActivations(random, 4, 100);
    const auto expected = toDouble(truth);
    QCOMPARE(difference(expected, truth, 100, kLimits), std::string());
    auto perturbed = truth;
    perturbed[250] += 0.1f;  // beside outliers of a thousand, where a mean error alone would not see it
    QVERIFY(!difference(expected, perturbed, 100, kLimits).empty());
    perturbed = truth;
    for (float& value : perturbed) value *= 1.00001f;
    QVERIFY(!difference(expected, perturbed, 100, kLimits).empty());
    perturbed = truth;
    perturbed[7] = std::numeric_limits<float>::quiet_NaN();
    QVERIFY(!difference(expected, perturbed, 100, kLimits).empty());
}

void TestMatmul::brokenGuardIsNoticed() {
    GuardedBuffer buffer(m_gpu.device(), 64);
    QVERIFY(buffer.guardsIntact());
    buffer.guardForTests()[0] = std::byte{0};
    QVERIFY(!buffer.guardsIntact());
}

QTEST_GUILESS_MAIN(TestMatmul)
#include "tst_matmul.moc"

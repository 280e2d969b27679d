// The matrix product with cooperative matrices against the reference: without validation, whose layer may be older than
// the extension. On a device without cooperative matrices there is one thing to see: it says so.
//
// Limits. Weights and activations are rounded to f16, by up to 2^-11 of each (a third of that, squared, on average, and
// less for numbers low in their binade): a product is off by some 3e-4 of its size. Signs are random, so a sum of
// products is off by as much of its own size: an NMSE of 1e-7. Where an outlier channel makes one product ten times as
// large as the row's root mean square, that one is off by up to 2 * 2^-11 of it, hence a hundredth in one place.
#include "inference/reference/ops.h"
#include "tests/support/keep_drivers.h"
#include "tests/vulkan/kernels/kernel_test.h"
#include "vulkan/kernels/expert_matmul/expert_matmul.h"
#include "vulkan/kernels/matmul/matmul_shape.h"

#include <QTest>

using namespace lares;
using namespace lares::vulkan;
using namespace lares::tests;
namespace reference = lares::inference::reference;

namespace {

constexpr Limits kLimits{.nmse = 1e-6, .rowError = 1e-2};

struct Case {
    const Format* format;
    std::uint32_t rows, columns, batch;
    bool bias, residual;
    std::uint64_t windowRows;
    std::optional<CooperativeTile> tile{};
};

}  // namespace
Q_DECLARE_METATYPE(Case)

class TestMatmulCoop : public QObject {
    Q_OBJECT

 private slots:
    void initTestCase() { keepDriversLoaded(); }

    void equalsReference_data();
    void equalsReference();
    void expertsEqualReference_data();
    void expertsEqualReference();
    void largeNumbersStayFinite();
    void isChosenWhereItMayBe();
    void missingMatricesAreSaid();

 private:
    bool hasMatrices() const { return m_device.info().features.cooperativeMatrix; }
    bool isSoftware() const { return m_device.info().type == DeviceType::software; }
    /// Software compiles for seconds, and longer the more matrices there are: there one for each subgroup.
    std::optional<CooperativeTile> smallTile() const {
        const std::uint32_t size = m_device.info().limits.cooperativeMatrixSize;
        return isSoftware() ? std::optional(CooperativeTile{32, 32, size, size, 1, 1}) : std::nullopt;
    }

    Instance m_instance;
    Device m_device{m_instance, m_instance.preferredDevice()};
};

void TestMatmulCoop::equalsReference_data() {
    QTest::addColumn<Case>("c");
    const auto row = [](const Case& c) {
        QTest::addRow("%s rows=%u columns=%u batch=%u bias=%d residual=%d windowRows=%llu tile=%ux%ux%u*%u",
                      c.format->name, c.rows, c.columns, c.batch, c.bias, c.residual,
                      static_cast<unsigned long long>(c.windowRows), c.tile ? c.tile->rows : 0,
                      c.tile ? c.tile->batch : 0, c.tile ? c.tile->stepWords : 0, c.tile ? c.tile->stages : 0)
            << c;
    };
    if (!hasMatrices()) return;
    for (const Format& format : formats()) {
        const std::uint32_t block = format.blockElements;
        row({&format, 33, 3 * 256, 17, true, true, 1000, smallTile()});
        row({&format, 70, block == 256 ? 256u : block == 32 ? 160u : 171u, 40, false, true, 32, smallTile()});
    }
    if (isSoftware()) return;
    // Each tile around its edges, in every number of steps.
    const Format& q4 = *formatByName("Q4_0");
    const Format& f16 = *formatByName("F16");
    for (const CooperativeTile& tile : cooperativeTiles()) {
        if (!fits(m_device.info(), tile)) continue;
        row({&q4, tile.rows - 1, 128, tile.batch + 1, true, false, 1000, tile});
        row({&q4, tile.rows + 1, 416, tile.batch - 1, false, true, 1000, tile});
        row({&f16, 2 * tile.rows, 190, tile.batch, false, false, 1000, tile});
    }
    for (const std::uint32_t stepWords : {1u, 2u, 4u}) {
        for (const std::uint32_t stages : {1u, 2u}) {
            const CooperativeTile tile{32, 64, 16, 32, stepWords, stages};
            if (fits(m_device.info(), tile)) row({&q4, 50, 384, 70, false, false, 1000, tile});
        }
    }
}

void TestMatmulCoop::equalsReference() {
    if (!hasMatrices()) return;  // see missingMatricesAreSaid
    QFETCH(Case, c);
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

    const WeightMatrix weights = guardedWeights(m_device, *c.format, c.rows, c.columns, file,
                                                c.windowRows * c.format->packedRowBytes(c.columns));
    QCOMPARE(weights.windows.size() > 1, c.windowRows < c.rows);
    GuardedBuffer inBuffer(m_device, in), biasBuffer(m_device, bias), out(m_device, residual);
    MatmulArgs args{.in = inBuffer.view(),
                    .out = out.view(),
                    .bias = {},
                    .residual = {},
                    .rows = c.batch,
                    .scale = scale,
                    .exact = false,
                    .kernel = MatmulKernel::cooperative,
                    .cooperativeTile = c.tile};
    if (c.bias) args.bias = biasBuffer.view();
    if (c.residual) args.residual = out.view();
    runOnce(m_device, [&](CommandList& commands) { recordMatmul(commands, m_device, weights, args); });

    const std::string wrong = difference(expected, out.floats(), c.rows, kLimits);
    QVERIFY2(wrong.empty(), wrong.c_str());
    QVERIFY(inBuffer.guardsIntact() && biasBuffer.guardsIntact() && out.guardsIntact());
}

void TestMatmulCoop::expertsEqualReference_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<std::uint64_t>("windowRows");
    QTest::addRow("Q4_0 one window") << QStringLiteral("Q4_0") << std::uint64_t{1000};
    QTest::addRow("F16 several windows") << QStringLiteral("F16") << std::uint64_t{40};
    QTest::addRow("Q4_K several windows") << QStringLiteral("Q4_K") << std::uint64_t{50};
}

void TestMatmulCoop::expertsEqualReference() {
    if (!hasMatrices()) return;
    QFETCH(QString, name);
    QFETCH(std::uint64_t, windowRows);
    constexpr std::uint32_t kRows = 120, kUsed = 2, kExperts = 3, kOutWidth = 65, kColumns = 256;
    constexpr std::uint32_t kPairs = kRows * kUsed, kWeightRows = kExperts * kOutWidth;
    const Format& format = *formatByName(name.toStdString());
    Random random(windowRows);
    const auto file = randomWeights(random, format, kWeightRows, kColumns);
    const auto in = unkindActivations(random, kRows, kColumns), bias = unkindActivations(random, 1, kWeightRows);
    std::vector<float> scores(std::size_t{kRows} * kExperts);
    for (float& score : scores) score = random.uniform();
    std::vector<double> chosen(kPairs), shares(kPairs), expected(std::size_t{kPairs} * kOutWidth);
    reference::route(toDouble(scores), {.experts = kExperts, .used = kUsed}, chosen, shares);
    reference::expertMatmul(dequantized(format, file), kExperts, kColumns, bias, toDouble(in), chosen, expected);

    const WeightMatrix weights =
        guardedWeights(m_device, format, kWeightRows, kColumns, file, windowRows * format.packedRowBytes(kColumns));
    const ExpertTiles tiles = expertTiles(m_device.info(), kRows, kUsed, kExperts, ExpertKernel::tiled);
    GuardedBuffer scoreBuffer(m_device, scores), chosenBuffer(m_device, kPairs * 4ull),
        shareBuffer(m_device, kPairs * 4ull), order(m_device, kPairs * 16ull), inBuffer(m_device, in),
        out(m_device, expected.size() * 4), biasBuffer(m_device, bias);
    const std::uint32_t size = m_device.info().limits.cooperativeMatrixSize;
    runOnce(m_device, [&](CommandList& commands) {
        recordRoute(commands, m_device,
                    {.scores = scoreBuffer.view(),
                     .chosen = chosenBuffer.view(),
                     .weights = shareBuffer.view(),
                     .order = order.view(),
                     .tiles = tiles});
        ExpertMatmulArgs args{.in = inBuffer.view(), .order = order.view(), .out = out.view(), .tiles = tiles};
        args.bias = biasBuffer.view();
        args.exact = false;
        if (isSoftware()) args.cooperativeTile = {32, 64, 16, size, 1, 1};
        recordExpertMatmul(commands, m_device, weights, args);
    });
    const std::string wrong = difference(expected, out.floats(), kOutWidth, kLimits);
    QVERIFY2(wrong.empty(), wrong.c_str());
    QVERIFY(inBuffer.guardsIntact() && order.guardsIntact() && out.guardsIntact());
}

void TestMatmulCoop::largeNumbersStayFinite() {
    if (!hasMatrices()) return;
    const Format& format = *formatByName("F32");
    std::vector<float> values(32 * 128, 0.0f), in(9 * 128, 0.0f);
    for (std::size_t row = 0; row < 32; ++row) values[row * 128] = 1.0f;
    for (std::size_t row = 0; row < 9; ++row) in[row * 128] = row % 2 ? -1e30f : 1e6f;
    std::vector<double> expected(9 * 32);
    for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = i / 32 % 2 ? -65504.0 : 65504.0;
    const WeightMatrix weights = guardedWeights(m_device, format, 32, 128, std::as_bytes(std::span(values)));
    GuardedBuffer inBuffer(m_device, in), out(m_device, expected.size() * 4);
    runOnce(m_device, [&](CommandList& commands) {
        recordMatmul(commands, m_device, weights,
                     {.in = inBuffer.view(),
                      .out = out.view(),
                      .bias = {},
                      .residual = {},
                      .rows = 9,
                      .kernel = MatmulKernel::cooperative,
                      .cooperativeTile = smallTile()});
    });
    QCOMPARE(difference(expected, out.floats(), 32, {}), std::string());
}

void TestMatmulCoop::isChosenWhereItMayBe() {
    DeviceInfo card = m_device.info();
    card.features.cooperativeMatrix = true;
    card.limits.cooperativeMatrixSize = 16;
    card.limits.subgroupSize = 32;
    card.limits.maxSharedMemoryBytes = 48 << 10;
    card.limits.maxWorkgroupInvocations = card.limits.maxWorkgroupSize[0] = 1024;
    for (const CooperativeTile& tile : cooperativeTiles()) QVERIFY(fits(card, tile));
    QCOMPARE(cooperativeTile(card, 28672, 512)->rows, 128u);
    QCOMPARE(cooperativeTile(card, 28672, 512, 64)->batch, 64u);
    QVERIFY(cooperativeTile(card, 1024, 512)->rows < 128);
    card.limits.maxSharedMemoryBytes = 32 << 10;
    QVERIFY(fits(card, *cooperativeTile(card, 28672, 512)));
    card.limits.subgroupSize = 64;
    QVERIFY(fits(card, *cooperativeTile(card, 28672, 512)));
    card.limits.cooperativeMatrixSize = 8;
    QVERIFY(fits(card, *cooperativeTile(card, 28672, 512, 64)));
    card.features.cooperativeMatrix = false;
    QVERIFY(!cooperativeTile(card, 28672, 512));
}

void TestMatmulCoop::missingMatricesAreSaid() {
    Device without(m_instance, m_instance.preferredDevice(), {.cacheFolder = {}, .cooperativeMatrices = false});
    QVERIFY(!without.info().features.cooperativeMatrix);
    const Format& format = *formatByName("F32");
    const std::vector<float> values(128), in(9 * 128);
    const WeightMatrix weights = guardedWeights(without, format, 1, 128, std::as_bytes(std::span(values)));
    GuardedBuffer inBuffer(without, in), out(without, 9 * 4);
    CommandList commands(without, "test");
    try {
        recordMatmul(commands, without, weights,
                     {.in = inBuffer.view(),
                      .out = out.view(),
                      .bias = {},
                      .residual = {},
                      .rows = 9,
                      .kernel = MatmulKernel::cooperative});
        QFAIL("a shader for which the device has nothing");
    } catch (const Error& error) {
        QCOMPARE(error.kind(), ErrorKind::unsupported);
    }
}

QTEST_GUILESS_MAIN(TestMatmulCoop)
#include "tst_matmul_coop.moc"

// The kernels of a mixture of experts: router, products with the matrices of chosen experts, weighted sum.
//
// Limits. The products are those of tst_matmul.cpp and so are their limits. A weight of the router is a quotient of
// exponentials: exp(x) may be off by (3 + 2|x|) ulp (Vulkan), and scores lie within 12 of the highest here where their
// weight counts: 27 * 2^-24 = 2e-6 for each of the two, and less as a rule.
#include "inference/reference/ops.h"
#include "tests/vulkan/kernels/kernel_test.h"
#include "vulkan/kernels/combine_experts/combine_experts.h"
#include "vulkan/kernels/expert_matmul/expert_matmul.h"

#include <QTest>

#include <cmath>
#include <cstring>
#include <limits>
#include <set>

using namespace lares;
using namespace lares::vulkan;
using namespace lares::tests;
namespace reference = lares::inference::reference;

namespace {

constexpr Limits kMatmulLimits{.nmse = 1e-11, .rowError = 1e-4};
constexpr Limits kWeightLimits{.nmse = 1e-12, .rowError = 5e-6};

struct RouteCase {
    std::uint32_t rows, experts, used;
    ExpertGating gating;
    bool renormalise;
    float scale;
    ExpertKernel kernel;
};

struct MatmulCase {
    const Format* format;
    std::uint32_t rows, experts, used, outWidth, columns;
    bool ownRow;
    std::uint64_t windowRows = ~std::uint64_t{0};
    ExpertKernel kernel = ExpertKernel::automatic;
    bool bias = false;
};

reference::RouteGating formula(ExpertGating gating) {
    return gating == ExpertGating::softmax   ? reference::RouteGating::softmax
           : gating == ExpertGating::sigmoid ? reference::RouteGating::sigmoid
                                             : reference::RouteGating::sparseMixer;
}

std::vector<std::uint32_t> words(GuardedBuffer& buffer) {
    const auto bytes = buffer.bytes();
    std::vector<std::uint32_t> result(bytes.size() / 4);
    std::memcpy(result.data(), bytes.data(), bytes.size());
    return result;
}

/// Sentence about what is wrong with the tiles, or empty: every pair in one place, every tile of one expert, none too
/// large.
QString orderMistake(const std::vector<std::uint32_t>& order, const std::vector<float>& chosen,
                     const ExpertTiles& tiles) {
    std::set<std::uint32_t> seen;
    for (std::uint32_t tile = 0; tile < tiles.most(); ++tile) {
        const std::uint32_t expert = order[tile * 3], first = order[tile * 3 + 1], count = order[tile * 3 + 2];
        if (count > tiles.size) return QString("tile %1 has %2 pairs").arg(tile).arg(count);
        if (count == 0) continue;  // what else such a tile says is of no meaning
        if (first + count > tiles.pairs()) return QString("tile %1 goes past the pairs").arg(tile);
        for (std::uint32_t place = first; place < first + count; ++place) {
            const std::uint32_t pair = order[tiles.pairs() * 3 + place];
            if (pair >= tiles.pairs()) return QString("there is no pair %1").arg(pair);
            if (!seen.insert(pair).second) return QString("pair %1 twice").arg(pair);
            if (chosen[pair] != static_cast<float>(expert)) return QString("pair %1 at a strange expert").arg(pair);
        }
    }
    return seen.size() == tiles.pairs() ? QString() : QString("%1 pairs").arg(seen.size());
}

}  // namespace
Q_DECLARE_METATYPE(RouteCase)
Q_DECLARE_METATYPE(MatmulCase)

class TestExperts : public QObject {
    Q_OBJECT

 private slots:
    void cleanup() { QVERIFY2(m_gpu.takeMessages().empty(), m_gpu.lastMessages().c_str()); }

    void route_data();
    void route();
    void routeAmongEquals();
    void sparseMixerSharesAmongTheClose();
    void routeOfUnkindScores();
    void matmul_data();
    void matmul();
    void wrongExpertIsNoticed();
    void combine_data();
    void combine();

 private:
    VulkanTest m_gpu;
};

void TestExperts::route_data() {
    QTest::addColumn<RouteCase>("c");
    const auto row = [](const RouteCase& c) {
        QTest::addRow("rows=%u experts=%u used=%u gating=%u renormalise=%d kernel=%d", c.rows, c.experts, c.used,
                      static_cast<unsigned>(c.gating), c.renormalise, static_cast<int>(c.kernel))
            << c;
    };
    for (const ExpertGating gating : {ExpertGating::softmax, ExpertGating::sigmoid, ExpertGating::sparseMixer}) {
        for (const bool renormalise : {false, true}) {
            const float scale = renormalise ? 1.0f : 2.5f;
            for (const std::uint32_t rows : {1u, 2u, 37u}) {
                row({rows, 8, 2, gating, renormalise, scale, ExpertKernel::automatic});
                row({rows, 1, 1, gating, renormalise, scale, ExpertKernel::automatic});
                row({rows, 5, 5, gating, renormalise, scale, ExpertKernel::matvec});
                row({rows, 128, 8, gating, renormalise, scale, ExpertKernel::tiled});
            }
        }
    }
    row({300, 1024, 3, ExpertGating::softmax, true, 1, ExpertKernel::matvec});
    row({512, 4, 2, ExpertGating::softmax, true, 1, ExpertKernel::tiled});
}

void TestExperts::route() {
    QFETCH(RouteCase, c);
    Device& device = m_gpu.device();
    Random random(c.rows * 31 + c.experts);
    std::vector<float> scores(std::size_t{c.rows} * c.experts);
    for (float& score : scores) score = 6 * random.uniform();
    const std::size_t pairs = std::size_t{c.rows} * c.used;
    std::vector<double> expectedChosen(pairs), expectedWeights(pairs);
    reference::route(toDouble(scores),
                     {.experts = c.experts,
                      .used = c.used,
                      .gating = formula(c.gating),
                      .renormalise = c.renormalise,
                      .scale = static_cast<double>(c.scale)},
                     expectedChosen, expectedWeights);

    const ExpertTiles tiles = expertTiles(device.info(), c.rows, c.used, c.experts, c.kernel);
    GuardedBuffer scoreBuffer(device, scores), chosen(device, pairs * 4), weights(device, pairs * 4),
        order(device, pairs * 16);
    runOnce(device, [&](CommandList& commands) {
        recordRoute(commands, device,
                    {.scores = scoreBuffer.view(),
                     .chosen = chosen.view(),
                     .weights = weights.view(),
                     .order = order.view(),
                     .tiles = tiles,
                     .gating = c.gating,
                     .renormalise = c.renormalise,
                     .scale = c.scale});
    });
    QCOMPARE(toDouble(chosen.floats()), expectedChosen);
    const std::string wrong = difference(expectedWeights, weights.floats(), c.used, kWeightLimits);
    QVERIFY2(wrong.empty(), wrong.c_str());
    QCOMPARE(orderMistake(words(order), chosen.floats(), tiles), QString());
    QVERIFY(scoreBuffer.guardsIntact() && chosen.guardsIntact() && weights.guardsIntact() && order.guardsIntact());
}

/// As the reference: the lower number first.
void TestExperts::routeAmongEquals() {
    Device& device = m_gpu.device();
    const std::vector<float> scores{1, 2, 2, 1, 2, 0, 0, 0, 0, 0, 0, 0};
    const ExpertTiles tiles = expertTiles(device.info(), 1, 5, 12);
    GuardedBuffer scoreBuffer(device, scores), chosen(device, 20), weights(device, 20), order(device, 80);
    runOnce(device, [&](CommandList& commands) {
        recordRoute(commands, device,
                    {scoreBuffer.view(), chosen.view(), weights.view(), order.view(), tiles, ExpertGating::softmax,
                     true, 1.0f});
    });
    QCOMPARE(chosen.floats(), (std::vector<float>{1, 2, 4, 0, 3}));
}

/// By hand: 10 and 9.85 are within 2 % of each other and share; 9.5 is not, and what is left when the second is chosen
/// is 9.85 alone. Below zero what counts is the size of the lower score: -1 and -1.015; a negative score beside one
/// around zero is far off, and so each counts 1.
void TestExperts::sparseMixerSharesAmongTheClose() {
    Device& device = m_gpu.device();
    const std::vector<float> scores{9.5f, 10, 9.85f, -20, -1.015f, -1, -7, -1.04f, 0, -3, -4, 1e-3f};
    const ExpertTiles tiles = expertTiles(device.info(), 3, 2, 4);
    GuardedBuffer scoreBuffer(device, scores), chosen(device, 24), weights(device, 24), order(device, 96);
    runOnce(device, [&](CommandList& commands) {
        recordRoute(commands, device,
                    {scoreBuffer.view(), chosen.view(), weights.view(), order.view(), tiles, ExpertGating::sparseMixer,
                     false, 1.0f});
    });
    QCOMPARE(chosen.floats(), (std::vector<float>{1, 2, 1, 0, 3, 0}));
    const auto share = [](float difference) { return 1 / (1 + std::exp(-difference)); };
    const std::vector<float> expected{share(0.15f), 1, share(0.015f), 1, 1, 1};
    const auto actual = weights.floats();
    for (std::size_t i = 0; i < expected.size(); ++i) QVERIFY(std::abs(actual[i] - expected[i]) < 1e-6f);
}

/// A damaged model's scores choose some expert or other, each once, and never one that is not there.
void TestExperts::routeOfUnkindScores() {
    Device& device = m_gpu.device();
    const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
    const std::vector<float> scores{nan,   nan, nan,       nan, nan,      nan, -infinity, 1,
                                    1e30f, nan, -infinity, 0,   infinity, 0,   -1e38f,    infinity};
    const ExpertTiles tiles = expertTiles(device.info(), 4, 4, 4);
    GuardedBuffer scoreBuffer(device, scores), chosen(device, 64), weights(device, 64), order(device, 256);
    runOnce(device, [&](CommandList& commands) {
        recordRoute(commands, device,
                    {scoreBuffer.view(), chosen.view(), weights.view(), order.view(), tiles, ExpertGating::softmax,
                     true, 1.0f});
    });
    const auto numbers = chosen.floats();
    for (std::size_t row = 0; row < 4; ++row) {
        QCOMPARE(std::set(numbers.begin() + static_cast<std::ptrdiff_t>(row * 4),
                          numbers.begin() + static_cast<std::ptrdiff_t>(row * 4 + 4)),
                 (std::set<float>{0, 1, 2, 3}));
    }
    QCOMPARE(orderMistake(words(order), numbers, tiles), QString());
    for (const float weight : weights.floats()) QVERIFY(weight >= 0 && weight <= 1);
}

void TestExperts::matmul_data() {
    QTest::addColumn<MatmulCase>("c");
    const auto row = [](const MatmulCase& c) {
        QTest::addRow("%s rows=%u experts=%u used=%u out=%u columns=%u ownRow=%d windowRows=%llu kernel=%d%s",
                      c.format->name, c.rows, c.experts, c.used, c.outWidth, c.columns, c.ownRow,
                      static_cast<unsigned long long>(c.windowRows), static_cast<int>(c.kernel), c.bias ? " bias" : "")
            << c;
    };
    // The kernels differ between formats only in unpacking, so a few shapes for each: a token; windows that hold ends
    // and beginnings of experts; large tiles, more than full.
    for (const Format& format : formats()) {
        const std::uint32_t columns = format.blockElements == 256 ? 512 : 256;
        row({&format, 1, 8, 2, 9, columns, false});
        row({&format, 9, 5, 3, 21, columns, false, 50});
        row({&format, 200, 2, 1, 63, columns, true, 40, ExpertKernel::tiled});
    }
    Random random(7);
    for (const char* name : {"F32", "Q4_0", "Q4_K"}) {
        const Format* const format = formatByName(name);
        // One token; a few; so many that experts fill tiles; of each pair or each token a row.
        row({format, 1, 4, 4, 17, 512, true});
        row({format, 3, 8, 2, random.between(1, 20), 512, random.below(2) == 0});
        row({format, 11, 4, 2, random.between(1, 20), 512, random.below(2) == 0});
        row({format, 33, 3, 1, random.between(9, 70), 512, true});
        // A window that holds a piece of an expert; large tiles less than full.
        row({format, 1, 5, 3, 21, 512, false, 17});
        row({format, 50, 4, 2, 65, 512, false, ~std::uint64_t{0}, ExpertKernel::tiled});
    }
    const Format& f32 = *formatByName("F32");
    for (const std::uint32_t odd : {1u, 5u, 172u, 513u}) row({&f32, 6, 3, 2, 10, odd, false});
    row({&f32, 70, 2, 2, 10, 172, false, ~std::uint64_t{0}, ExpertKernel::tiled});
    row({&f32, 5, 128, 8, 12, 64, false});  // most experts get nothing
    // With a bias of each expert, in one window and in several, by either shader.
    const Format& mxfp4 = *formatByName("MXFP4");
    constexpr std::uint64_t kOneWindow = ~std::uint64_t{0};
    row({&mxfp4, 1, 8, 4, 21, 160, false, kOneWindow, ExpertKernel::automatic, true});
    row({&mxfp4, 9, 5, 3, 21, 160, true, 50, ExpertKernel::automatic, true});
    row({&mxfp4, 50, 4, 2, 65, 96, false, kOneWindow, ExpertKernel::tiled, true});
    row({&mxfp4, 70, 4, 2, 63, 160, true, 40, ExpertKernel::tiled, true});
}

void TestExperts::matmul() {
    QFETCH(MatmulCase, c);
    Device& device = m_gpu.device();
    Random random(c.rows * 1000003 + c.columns * 1009 + c.outWidth);
    const std::uint32_t weightRows = c.experts * c.outWidth, pairs = c.rows * c.used;
    const auto file = randomWeights(random, *c.format, weightRows, c.columns);
    const auto in = unkindActivations(random, c.ownRow ? pairs : c.rows, c.columns);
    std::vector<float> scores(std::size_t{c.rows} * c.experts);
    for (float& score : scores) score = random.uniform();
    std::vector<float> bias(weightRows);
    for (float& number : bias) number = random.uniform();
    std::vector<double> chosen(pairs), routeWeights(pairs), expected(std::size_t{pairs} * c.outWidth);
    reference::route(toDouble(scores), {.experts = c.experts, .used = c.used}, chosen, routeWeights);
    reference::expertMatmul(dequantized(*c.format, file), c.experts, c.columns,
                            c.bias ? std::span<const float>(bias) : std::span<const float>(), toDouble(in), chosen,
                            expected);

    const WeightMatrix weights = guardedWeights(
        device, *c.format, weightRows, c.columns, file,
        c.windowRows > weightRows ? ~std::uint64_t{0} : c.windowRows * c.format->packedRowBytes(c.columns));
    QCOMPARE(weights.windows.size() > 1, c.windowRows < weightRows);
    const ExpertTiles tiles = expertTiles(device.info(), c.rows, c.used, c.experts, c.kernel);
    GuardedBuffer scoreBuffer(device, scores), chosenBuffer(device, pairs * 4ull), weightBuffer(device, pairs * 4ull),
        order(device, pairs * 16ull), inBuffer(device, in), out(device, expected.size() * 4), biasBuffer(device, bias);
    runOnce(device, [&](CommandList& commands) {
        recordRoute(commands, device,
                    {.scores = scoreBuffer.view(),
                     .chosen = chosenBuffer.view(),
                     .weights = weightBuffer.view(),
                     .order = order.view(),
                     .tiles = tiles});
        ExpertMatmulArgs args{
            .in = inBuffer.view(), .order = order.view(), .out = out.view(), .tiles = tiles, .ownRow = c.ownRow};
        if (c.bias) args.bias = biasBuffer.view();
        recordExpertMatmul(commands, device, weights, args);
    });
    const std::string wrong = difference(expected, out.floats(), c.outWidth, kMatmulLimits);
    QVERIFY2(wrong.empty(), wrong.c_str());
    QVERIFY(inBuffer.guardsIntact() && order.guardsIntact() && out.guardsIntact());
}

/// The comparison would see one pair that went to another expert.
void TestExperts::wrongExpertIsNoticed() {
    Random random(4);
    const Format& format = *formatByName("Q4_0");
    const auto weights = dequantized(format, randomWeights(random, format, 4 * 16, 128));
    const auto in = toDouble(unkindActivations(random, 10, 128));
    std::vector<double> chosen{0, 1, 2, 3, 0, 1, 2, 3, 0, 1}, expected(160), other(160);
    reference::expertMatmul(weights, 4, 128, {}, in, chosen, expected);
    chosen[7] = 2;
    reference::expertMatmul(weights, 4, 128, {}, in, chosen, other);
    QVERIFY(!difference(expected, std::vector<float>(other.begin(), other.end()), 16, kMatmulLimits).empty());
}

void TestExperts::combine_data() {
    QTest::addColumn<std::uint32_t>("rows");
    QTest::addColumn<std::uint32_t>("width");
    QTest::addColumn<std::uint32_t>("used");
    for (const std::uint32_t used : {1u, 2u, 8u}) {
        QTest::addRow("rows=1 width=1 used=%u", used) << 1u << 1u << used;
        QTest::addRow("rows=1 width=4097 used=%u", used) << 1u << 4097u << used;
        QTest::addRow("rows=13 width=100 used=%u", used) << 13u << 100u << used;
    }
}

/// At most nine additions of products: 9 * 2^-24 of the largest of them, which the outliers of `in` make a thousand
/// times the rest; the limit is against the root mean square of the row.
void TestExperts::combine() {
    QFETCH(std::uint32_t, rows);
    QFETCH(std::uint32_t, width);
    QFETCH(std::uint32_t, used);
    Device& device = m_gpu.device();
    Random random(rows + width + used);
    const auto in = unkindActivations(random, std::size_t{rows} * used, width);
    const auto residual = unkindActivations(random, rows, width);
    std::vector<float> weights(std::size_t{rows} * used);
    for (float& weight : weights) weight = (1 + random.uniform()) / 2;
    std::vector<double> expected(residual.size());
    reference::combineExperts(toDouble(in), toDouble(weights), toDouble(residual), width, expected);
    for (const bool inPlace : {false, true}) {
        GuardedBuffer inBuffer(device, in), weightBuffer(device, weights), residualBuffer(device, residual),
            out(device, residual.size() * 4);
        GuardedBuffer& target = inPlace ? residualBuffer : out;
        runOnce(device, [&](CommandList& commands) {
            recordCombineExperts(commands, device,
                                 {.in = inBuffer.view(),
                                  .weights = weightBuffer.view(),
                                  .residual = residualBuffer.view(),
                                  .out = target.view(),
                                  .rows = rows,
                                  .width = width,
                                  .used = used});
        });
        const std::string wrong = difference(expected, target.floats(), width, {.nmse = 1e-12, .rowError = 1e-5});
        QVERIFY2(wrong.empty(), wrong.c_str());
        QVERIFY(inBuffer.guardsIntact() && weightBuffer.guardsIntact() && residualBuffer.guardsIntact() &&
                out.guardsIntact());
    }
}

QTEST_GUILESS_MAIN(TestExperts)
#include "tst_experts.moc"

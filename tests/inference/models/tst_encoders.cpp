// Models that make embeddings: the rows behind the last layer on the device against the double precision reference, and
// the reference against the same models written out by hand (plain_encoder.h). Texts of all lengths go through the same
// session one after the other, so a text that saw anything of another would show.
//
// Tolerance: see tst_program_vulkan.cpp; an f16 cache of keys and values moves a direction by some 1e-7.
#include "inference/reference/executor.h"
#include "tests/inference/models/plain_encoder.h"
#include "tests/inference/models/tiny_families.h"
#include "tests/inference/program/model_session.h"
#include "tests/support/vulkan_test.h"

#include <QTemporaryDir>
#include <QTest>

using namespace lares;
using namespace lares::inference;
using tests::familyTokens;
using tests::ModelSession;
using tests::nmse;

namespace {

constexpr double kLimit = 1e-9;
constexpr double kLeastCosine = 0.99999;
constexpr std::uint32_t kContext = 128;

template <typename Numbers>
std::vector<double> meanOfRows(const Numbers& rows, std::size_t width) {
    std::vector<double> mean(width);
    for (std::size_t i = 0; i < rows.size(); ++i) mean[i % width] += static_cast<double>(rows[i]);
    return mean;
}

double cosine(const std::vector<double>& a, const std::vector<double>& b) {
    const auto dot = [](const auto& x, const auto& y) {
        return std::inner_product(x.begin(), x.end(), y.begin(), 0.0);
    };
    return dot(a, b) / std::sqrt(dot(a, a) * dot(b, b));
}

std::vector<std::uint32_t> allRows(std::uint32_t count) {
    std::vector<std::uint32_t> rows(count);
    std::iota(rows.begin(), rows.end(), 0u);
    return rows;
}

}  // namespace
Q_DECLARE_METATYPE(test::TinyModelOptions)

class TestEncoders : public QObject {
    Q_OBJECT

 private slots:
    void cleanup() { QVERIFY2(m_gpu.takeMessages().empty(), m_gpu.lastMessages().c_str()); }

    void referenceIsTheFormulas_data() { families(); }
    void referenceIsTheFormulas();
    void matchesTheReference_data() { families(); }
    void matchesTheReference();
    void decodersInChunks();

 private:
    static void families() {
        QTest::addColumn<test::TinyModelOptions>("options");
        for (const tests::TinyFamily& one : tests::tinyEncoders()) QTest::newRow(one.name) << one.options;
    }
    std::filesystem::path write(const test::TinyModelOptions& options) {
        const std::filesystem::path path = m_folder.filePath("model.gguf").toStdString();
        test::writeTinyModel(path, options);
        return path;
    }

    tests::VulkanTest m_gpu;
    cpu::ThreadPool m_pool{2};
    QTemporaryDir m_folder;
};

/// Both sides are double precision; the formulas find the variance another way.
void TestEncoders::referenceIsTheFormulas() {
    QFETCH(test::TinyModelOptions, options);
    const auto file = std::make_shared<const GgufFile>(GgufFile::open(write(options)));
    const auto tokens = familyTokens(13);
    const auto rows = reference::Executor(defineModel(file), kContext).step(tokens, 0, allRows(13));
    std::vector<double> expected;
    for (const auto& row : tests::plainEncoder(*file, options.heads, tokens)) {
        expected.insert(expected.end(), row.begin(), row.end());
    }
    const double error = nmse(rows, expected);
    QVERIFY2(error < 1e-20, qPrintable(QString::number(error)));
}

void TestEncoders::matchesTheReference() {
    QFETCH(test::TinyModelOptions, options);
    const auto path = write(options);
    ModelSession exact(m_gpu.device(), path, {kContext, kContext, CacheType::f32});
    ModelSession half(m_gpu.device(), path, {kContext, kContext, CacheType::f16});
    ModelSession exactCpu(m_pool, path, {kContext, kContext, CacheType::f32});
    ModelSession halfCpu(m_pool, path, {kContext, kContext, CacheType::f16});
    const std::uint32_t width = exact.definition.parameters.embeddingLength;
    const bool mean = exact.definition.parameters.pooling == Pooling::mean;
    for (const std::uint32_t count : {kContext, 1u, 70u, 2u, 33u}) {
        const auto tokens = familyTokens(count, count);
        const auto rows = mean ? allRows(count) : std::vector<std::uint32_t>{0};
        const auto expected = reference::Executor(exact.definition, kContext).step(tokens, 0, rows);
        QCOMPARE(expected.size(), rows.size() * width);
        const auto truth = meanOfRows(expected, width);
        for (ModelSession* const model : {&exact, &exactCpu, &half, &halfCpu}) {
            const auto found = model->score(tokens, rows);
            const bool isExact = model->session->shape().cacheType == CacheType::f32;
            const double error = nmse(found, expected);
            QVERIFY2(!isExact || error <= kLimit, qPrintable(QString("%1 tokens: %2").arg(count).arg(error)));
            QVERIFY(cosine(meanOfRows(found, width), truth) >= kLeastCosine);
        }
    }
}

/// A decoder that makes embeddings computes a text in chunks, and gives its rows behind the last norm.
void TestEncoders::decodersInChunks() {
    const auto path = write({.architecture = "qwen3",
                             .headSize = 32,
                             .keys = {{"pooling_type", 3u}},
                             .tensors = {{"output.weight", {64, 288}}}});
    ModelSession model(m_gpu.device(), path, {kContext, 16, vulkan::CacheType::f32});
    QVERIFY(model.definition.parameters.pooling == Pooling::last && model.definition.parameters.causal);
    for (const WeightSource& weight : model.definition.weights) QVERIFY(weight.name != "output.weight");
    const auto tokens = familyTokens(70);
    const std::vector<std::uint32_t> last{69};
    const auto expected = reference::Executor(model.definition, kContext).step(tokens, 0, last);
    QCOMPARE(expected.size(), std::size_t{64});
    const double error = nmse(model.score(tokens, last), expected);
    QVERIFY2(error <= kLimit, qPrintable(QString::number(error)));
}

QTEST_GUILESS_MAIN(TestEncoders)
#include "tst_encoders.moc"

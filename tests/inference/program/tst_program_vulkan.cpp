// Whole tiny models on the device against the double precision reference: some weight formats, every optional part of
// the architecture, prompts in chunks of every kind. Validation and synchronisation validation are on.
//
// Tolerances. All arithmetic is f32: with sums of at most 512 products and 2 layers the relative error of a logit stays
// near 1e-6, its square (the NMSE) below 1e-11; 1e-9 leaves room for a driver's fast exponentials. A cache in f16
// rounds keys and values to 2^-11, so the NMSE grows to about (2^-11)^2 = 2e-7 for each layer; 1e-5 is the limit there.
#include "inference/reference/executor.h"
#include "tests/inference/program/model_session.h"
#include "tests/support/gguf_writer.h"
#include "tests/support/vulkan_test.h"
#include "vulkan/formats/formats.h"

#include <QTemporaryDir>
#include <QTest>

#include <cstring>
#include <random>

using namespace lares;
using namespace lares::inference;
using tests::ModelSession;
using tests::nmse;

namespace {

constexpr double kExactLimit = 1e-9;
constexpr double kF16CacheLimit = 1e-5;

std::vector<TokenId> someTokens(std::uint32_t count, std::uint32_t vocabulary, std::uint32_t seed = 5) {
    std::mt19937 random(seed);
    std::vector<TokenId> tokens;
    for (std::uint32_t i = 0; i < count; ++i) tokens.push_back(static_cast<TokenId>(random() % vocabulary));
    return tokens;
}

std::vector<double> truth(const ModelDefinition& definition, std::span<const TokenId> tokens,
                          std::span<const std::uint32_t> positions) {
    return reference::Executor(definition).step(tokens, 0, positions);
}

}  // namespace

class TestProgramVulkan : public QObject {
    Q_OBJECT

 private slots:
    void cleanup() { QVERIFY2(m_gpu.takeMessages().empty(), m_gpu.lastMessages().c_str()); }

    void matchesTheReference_data();
    void matchesTheReference();
    void chunksGiveTheSameLogits_data();
    void chunksGiveTheSameLogits();
    void manySubmissionsGiveTheSameLogits();
    void prefixIsReused();
    void prefillStopsBetweenChunks();
    void aSpoiledWeightIsNoticed();

 private:
    std::filesystem::path write(const test::TinyLlamaOptions& options) {
        const std::filesystem::path path = m_folder.filePath("model.gguf").toStdString();
        test::writeTinyLlama(path, options);
        return path;
    }

    tests::VulkanTest m_gpu;
    QTemporaryDir m_folder;
};

void TestProgramVulkan::matchesTheReference_data() {
    QTest::addColumn<test::TinyLlamaOptions>("options");
    // A format is the business of the kernels' tests; each takes several seconds to compile in all the shapes used
    // here.
    for (const char* name : {"F32", "F16", "Q4_0", "Q4_K"}) {
        QTest::newRow(name) << test::TinyLlamaOptions{.type = vulkan::formatByName(name)->ggmlType};
    }
    QTest::newRow("mixed formats") << test::TinyLlamaOptions{
        .type = 12, .typeOf = {{"output.weight", 14}, {"blk.0.attn_v.weight", 14}, {"token_embd.weight", 8}}};
    QTest::newRow("Q4_0 with an output of Q6_K")
        << test::TinyLlamaOptions{.type = 2, .typeOf = {{"output.weight", 14}, {"token_embd.weight", 14}}};
    QTest::newRow("tied output") << test::TinyLlamaOptions{.tiedEmbeddings = true};
    QTest::newRow("rope factors") << test::TinyLlamaOptions{.ropeFactors = true};
    QTest::newRow("biases") << test::TinyLlamaOptions{.qkvBias = true};
    QTest::newRow("heads wider than the embedding") << test::TinyLlamaOptions{.headSize = 64};
    QTest::newRow("one key head") << test::TinyLlamaOptions{.headsKv = 1};
    QTest::newRow("experts") << test::TinyLlamaOptions{.feedForward = 96, .experts = 5, .expertsUsed = 3};
    QTest::newRow("experts of mixed formats") << test::TinyLlamaOptions{
        .feedForward = 256, .type = 12, .typeOf = {{"blk.0.ffn_down_exps.weight", 14}}, .experts = 4};
    QTest::newRow("experts in tensors of their own")
        << test::TinyLlamaOptions{.feedForward = 64, .type = 2, .experts = 4, .expertsUsed = 1, .expertTensors = true};
    QTest::newRow("odd sizes") << test::TinyLlamaOptions{
        .layers = 3, .embedding = 120, .heads = 3, .headsKv = 3, .feedForward = 172, .vocabulary = 401};
}

void TestProgramVulkan::matchesTheReference() {
    QFETCH(test::TinyLlamaOptions, options);
    const auto path = write(options);
    const std::vector<std::uint32_t> positions{0, 1, 15, 16, 30, 39};
    const auto tokens = someTokens(40, options.vocabulary);

    ModelSession exact(m_gpu.device(), path, {64, 16, vulkan::CacheType::f32});
    const auto expected = truth(exact.definition, tokens, positions);
    const double exactError = nmse(exact.score(tokens, positions), expected);
    QVERIFY2(exactError <= kExactLimit, qPrintable(QString::number(exactError)));

    ModelSession half(m_gpu.device(), path, {64, 16, vulkan::CacheType::f16});
    const double halfError = nmse(half.score(tokens, positions), expected);
    QVERIFY2(halfError <= kF16CacheLimit, qPrintable(QString::number(halfError)));
}

void TestProgramVulkan::chunksGiveTheSameLogits_data() {
    QTest::addColumn<std::uint32_t>("chunk");
    QTest::addColumn<std::uint32_t>("experts");
    for (const std::uint32_t experts : {0u, 6u}) {
        for (const std::uint32_t chunk : {1u, 7u, 32u, 70u})
            QTest::addRow("%u, %u experts", chunk, experts) << chunk << experts;
    }
}

void TestProgramVulkan::chunksGiveTheSameLogits() {
    QFETCH(std::uint32_t, chunk);
    QFETCH(std::uint32_t, experts);
    const test::TinyLlamaOptions options{.feedForward = experts ? 128u : 512u, .type = 2, .experts = experts};
    const auto tokens = someTokens(70, options.vocabulary);
    std::vector<std::uint32_t> positions(tokens.size());  // more than a step gives at once
    std::iota(positions.begin(), positions.end(), 0u);
    ModelSession model(m_gpu.device(), write(options), {70, chunk, vulkan::CacheType::f32});
    const double error = nmse(model.score(tokens, positions), truth(model.definition, tokens, positions));
    QVERIFY2(error <= kExactLimit, qPrintable(QString::number(error)));
}

void TestProgramVulkan::manySubmissionsGiveTheSameLogits() {
    const test::TinyLlamaOptions options{.type = 2};
    const auto path = write(options);
    const auto tokens = someTokens(20, options.vocabulary);
    const std::vector<std::uint32_t> positions{0, 19};
    const vulkan::CacheType f32 = vulkan::CacheType::f32;
    ModelSession whole(m_gpu.device(), path, {32, 16, f32});
    const auto expected = whole.score(tokens, positions);
    for (const std::uint64_t work : {1u, 3'000'000u}) {  // a list for every matrix, and some lists for all
        ModelSession cut(m_gpu.device(), path, {32, 16, f32, work});
        QCOMPARE(cut.score(tokens, positions), expected);
    }
}

void TestProgramVulkan::prefixIsReused() {
    const test::TinyLlamaOptions options{.type = 8};
    ModelSession model(m_gpu.device(), write(options), {64, 16, vulkan::CacheType::f32});
    auto tokens = someTokens(40, options.vocabulary);
    QCOMPARE(model.context.prefill(tokens, {}, {}).reusedTokens, 0u);
    model.context.append(3);
    tokens.resize(25);
    for (const TokenId other : someTokens(20, options.vocabulary, 9)) tokens.push_back(other);

    std::vector<std::uint32_t> reported;
    const auto again = model.context.prefill(tokens, [&](std::uint32_t done) { reported.push_back(done); }, {});
    QCOMPARE(again.reusedTokens, 25u);
    QCOMPARE(reported, (std::vector<std::uint32_t>{41, 45}));
    const std::uint32_t last = 44;
    const double error = nmse(again.logits, truth(model.definition, tokens, std::span(&last, 1)));
    QVERIFY2(error <= kExactLimit, qPrintable(QString::number(error)));

    // The same prompt again: everything but the last token, whose logits are wanted.
    QCOMPARE(model.context.prefill(tokens, {}, {}).reusedTokens, 44u);
}

void TestProgramVulkan::prefillStopsBetweenChunks() {
    const test::TinyLlamaOptions options;
    ModelSession model(m_gpu.device(), write(options), {64, 8, vulkan::CacheType::f16});
    const auto tokens = someTokens(40, options.vocabulary);
    std::stop_source stop;
    const auto stopped = model.context.prefill(
        tokens,
        [&](std::uint32_t done) {
            if (done == 16) stop.request_stop();
        },
        stop.get_token());
    QVERIFY(stopped.logits.empty());
    QCOMPARE(model.context.length(), 16u);
    QCOMPARE(model.context.prefill(tokens, {}, {}).reusedTokens, 16u);  // what was computed is not lost
}

/// The comparison would see one wrong number in one weight: it is no test that cannot fail.
void TestProgramVulkan::aSpoiledWeightIsNoticed() {
    const auto tokens = someTokens(20, 384);
    const std::vector<std::uint32_t> positions{19};
    ModelSession model(m_gpu.device(), write({}), {64, 16, vulkan::CacheType::f32});
    ModelDefinition spoiled = model.definition;
    spoiled.weights[3].read = [inner = spoiled.weights[3].read](std::uint64_t offset, std::span<std::byte> out) {
        inner(offset, out);
        const float wrong = 1.0f;
        std::memcpy(out.data(), &wrong, sizeof wrong);
    };
    QVERIFY(nmse(model.score(tokens, positions), truth(spoiled, tokens, positions)) > kExactLimit);
}

QTEST_GUILESS_MAIN(TestProgramVulkan)
#include "tst_program_vulkan.moc"

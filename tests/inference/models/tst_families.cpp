// Every architecture on the device and on the processor against the double precision reference, over tiny models of our
// own: prompts in chunks of every kind, caches of windowed layers gone round several times, and going back in them. The
// reference runs the same list of operations, so it says nothing of whether the list is right. tst_reference_logits and
// tst_nano_sort do, with data that may not be there; the golden figures hold the lists to what they were when those
// tests had passed.
//
// Tolerance: see tst_program_vulkan.cpp. Sums are shorter here, layers more: up to seven.
#include "inference/reference/executor.h"
#include "tests/inference/models/plain_mixture.h"
#include "tests/inference/models/tiny_families.h"
#include "tests/inference/program/model_session.h"
#include "tests/support/vulkan_test.h"

#include <QTemporaryDir>
#include <QTest>

#include <set>

using namespace lares;
using namespace lares::inference;
using tests::familyTokens;
using tests::ModelSession;
using tests::nmse;

namespace {

constexpr double kLimit = 1e-9;
constexpr std::uint32_t kTokens = 70;

}  // namespace
Q_DECLARE_METATYPE(test::TinyModelOptions)
using Figures = std::array<double, 3>;
Q_DECLARE_METATYPE(Figures)

class TestFamilies : public QObject {
    Q_OBJECT

 private slots:
    void cleanup() { QVERIFY2(m_gpu.takeMessages().empty(), m_gpu.lastMessages().c_str()); }

    void everyArchitectureIsHere();
    void goldenFigures_data();
    void goldenFigures();
    void mixturesAreTheirMakersFormulas_data();
    void mixturesAreTheirMakersFormulas();
    void matchesTheReference_data();
    void matchesTheReference();
    void aFewTokensAtATime_data();
    void aFewTokensAtATime();
    void ropeFactorsFollowTheContext_data();
    void ropeFactorsFollowTheContext();
    void windowedCachesAreShort();
    void goingBackInAWindow_data();
    void goingBackInAWindow();

 private:
    std::filesystem::path write(const test::TinyModelOptions& options) {
        const std::filesystem::path path = m_folder.filePath("model.gguf").toStdString();
        test::writeTinyModel(path, options);
        return path;
    }
    static const test::TinyModelOptions& family(const std::string& name) {
        for (const tests::TinyFamily& one : tests::tinyFamilies()) {
            if (name == one.name) return one.options;
        }
        throw std::logic_error("no family " + name);
    }

    ModelSession session(bool onProcessor, const std::filesystem::path& path, const SessionShape& shape) {
        return onProcessor ? ModelSession(m_pool, path, shape) : ModelSession(m_gpu.device(), path, shape);
    }

    tests::VulkanTest m_gpu;
    cpu::ThreadPool m_pool{2};
    QTemporaryDir m_folder;
};

void TestFamilies::everyArchitectureIsHere() {
    std::set<std::string> here;
    for (const tests::TinyFamily& one : tests::tinyFamilies()) here.insert(one.options.architecture);
    for (const tests::TinyFamily& one : tests::tinyEncoders()) here.insert(one.options.architecture);
    for (const Architecture& architecture : architectures()) {
        QVERIFY2(here.contains(architecture.name), architecture.name);
    }
}

void TestFamilies::goldenFigures_data() {
    QTest::addColumn<test::TinyModelOptions>("options");
    QTest::addColumn<Figures>("golden");
    for (const tests::TinyFamily& one : tests::tinyFamilies()) QTest::newRow(one.name) << one.options << one.golden;
}

/// Both sides are double precision: 1e-8 leaves room for other libraries' exponentials alone.
void TestFamilies::goldenFigures() {
    QFETCH(test::TinyModelOptions, options);
    QFETCH(Figures, golden);
    const auto file = std::make_shared<const GgufFile>(GgufFile::open(write(options)));
    const std::uint32_t last = kTokens - 1;
    const auto logits = reference::Executor(defineModel(file), kTokens).step(familyTokens(kTokens), 0, {&last, 1});
    const Figures found{logits[0], logits[100], logits[287]};
    for (std::size_t i = 0; i < found.size(); ++i) {
        QVERIFY2(std::abs(found[i] - golden[i]) < 1e-8 * (1 + std::abs(golden[i])),
                 qPrintable(QString("found {%1, %2, %3}")
                                .arg(found[0], 0, 'g', 12)
                                .arg(found[1], 0, 'g', 12)
                                .arg(found[2], 0, 'g', 12)));
    }
}

void TestFamilies::mixturesAreTheirMakersFormulas_data() {
    QTest::addColumn<test::TinyModelOptions>("options");
    for (const tests::TinyFamily& one : tests::tinyFamilies()) {
        const std::string& architecture = one.options.architecture;
        if (architecture == "gpt-oss" || architecture == "phimoe") QTest::newRow(one.name) << one.options;
    }
}

/// Both sides are double precision, but a definition holds scales and speeds as floats: some 2^-24 each.
void TestFamilies::mixturesAreTheirMakersFormulas() {
    QFETCH(test::TinyModelOptions, options);
    const auto file = std::make_shared<const GgufFile>(GgufFile::open(write(options)));
    const auto tokens = familyTokens(20);
    std::vector<std::uint32_t> positions(tokens.size());
    std::iota(positions.begin(), positions.end(), 0u);
    const auto logits = reference::Executor(defineModel(file), kTokens).step(tokens, 0, positions);
    std::vector<double> expected;
    for (const auto& row : tests::plainMixture(*file, options.heads, tokens)) {
        expected.insert(expected.end(), row.begin(), row.end());
    }
    const double error = nmse(logits, expected);
    QVERIFY2(error < 1e-12, qPrintable(QString::number(error)));
}

void TestFamilies::matchesTheReference_data() {
    QTest::addColumn<test::TinyModelOptions>("options");
    QTest::addColumn<bool>("onProcessor");
    for (const tests::TinyFamily& one : tests::tinyFamilies()) {
        QTest::addRow("%s", one.name) << one.options << false;
        QTest::addRow("%s, cpu", one.name) << one.options << true;
    }
}

void TestFamilies::matchesTheReference() {
    QFETCH(test::TinyModelOptions, options);
    QFETCH(bool, onProcessor);
    const auto path = write(options);
    const auto tokens = familyTokens(kTokens);
    std::vector<std::uint32_t> positions(kTokens);
    std::iota(positions.begin(), positions.end(), 0u);
    std::vector<double> expected;
    for (const std::uint32_t chunk : {1u, 7u, 32u, kTokens}) {
        ModelSession model = session(onProcessor, path, {kTokens, chunk, CacheType::f32});
        if (expected.empty()) {
            expected = reference::Executor(model.definition, kTokens).step(tokens, 0, positions);
            const double largest = std::ranges::max(expected);
            QVERIFY2(largest > 0.1 && largest < 1000, qPrintable(QString::number(largest)));
        }
        // In chunks of 7 the last one is cut short: only some rows of it, with an odd number of outputs.
        const double error = nmse(model.score(tokens, positions), expected);
        QVERIFY2(error <= kLimit, qPrintable(QString("chunks of %1: %2").arg(chunk).arg(error)));
        const auto last = model.context.prefill(tokens, {}, {}).logits;
        const double lastError = nmse(last, std::span(expected).last(last.size()));
        QVERIFY2(lastError <= kLimit, qPrintable(QString("last of chunks of %1: %2").arg(chunk).arg(lastError)));
    }
}

void TestFamilies::aFewTokensAtATime_data() {
    QTest::addColumn<test::TinyModelOptions>("options");
    QTest::addColumn<std::uint32_t>("chunk");
    for (const char* name : {"qwen2", "gemma3", "phi2", "gptneox, parallel"}) {
        QTest::addRow("%s", name) << family(name) << 1u;
    }
    QTest::newRow("qwen3") << test::TinyModelOptions{.architecture = "qwen3", .headSize = 32} << 1u;
    QTest::newRow("Mixtral") << test::TinyModelOptions{.architecture = "llama",
                                                       .keys = {{"expert_count", 5u}, {"expert_used_count", 2u}}}
                             << 1u;
    QTest::newRow("llama, in fives") << test::TinyModelOptions{.architecture = "llama"} << 5u;  // not in software
}

/// Where nothing has to be exact a few tokens take other kernels on the device (row_fusion.h), which round activations
/// to bytes; so the numbers are not those of exact kernels, and may be off by 1e-3.
void TestFamilies::aFewTokensAtATime() {
    QFETCH(test::TinyModelOptions, options);
    QFETCH(std::uint32_t, chunk);
    constexpr std::uint32_t kFew = 30;
    options.type = 8;                               // Q8_0
    options.embedding = options.feedForward = 512;  // smaller ones are not worth it in software
    ModelSession model = session(false, write(options), {kFew, chunk, CacheType::f16});
    const auto tokens = familyTokens(kFew);
    std::vector<std::uint32_t> positions(kFew);
    std::iota(positions.begin(), positions.end(), 0u);
    const auto expected = reference::Executor(model.definition, kFew).step(tokens, 0, positions);
    const double error = nmse(model.score(tokens, positions), expected);
    QVERIFY2(error <= 1e-3 && error > 1e-9, qPrintable(QString::number(error)));
}

void TestFamilies::ropeFactorsFollowTheContext_data() {
    QTest::addColumn<bool>("onProcessor");
    QTest::newRow("vulkan") << false;
    QTest::newRow("cpu") << true;
}

/// The same tokens in a context of up to the original length, and in a longer one, turn by other factors.
void TestFamilies::ropeFactorsFollowTheContext() {
    QFETCH(bool, onProcessor);
    const auto path = write(family("phi3, longrope"));
    const auto tokens = familyTokens(30);
    const std::vector<std::uint32_t> positions{29};
    std::vector<std::vector<double>> truths;
    for (const std::uint32_t context : {100u, 101u}) {
        ModelSession model = session(onProcessor, path, {context, 16, CacheType::f32});
        truths.push_back(reference::Executor(model.definition, context).step(tokens, 0, positions));
        const double error = nmse(model.score(tokens, positions), truths.back());
        QVERIFY2(error <= kLimit, qPrintable(QString::number(error)));
    }
    QVERIFY(nmse(truths[0], truths[1]) > 1e-3);
}

void TestFamilies::windowedCachesAreShort() {
    const auto path = write(family("gemma3"));
    const ModelDefinition model = defineModel(std::make_shared<const GgufFile>(GgufFile::open(path)));
    const auto cacheBytes = [&](std::uint32_t context) {
        return VulkanSession::memoryNeed(model, {context, 8, vulkan::CacheType::f16}).cacheBytes;
    };
    const std::uint64_t perPosition = 2 * 2 * model.parameters.kvWidth();
    QCOMPARE(cacheBytes(10), 7 * 10 * perPosition);                    // shorter than window and chunk together
    QCOMPARE(cacheBytes(100), (6 * (9 + 8) + 1 * 100) * perPosition);  // one layer of seven sees everything
}

void TestFamilies::goingBackInAWindow_data() {
    QTest::addColumn<bool>("onProcessor");
    QTest::addColumn<std::uint32_t>("kept");
    QTest::addColumn<std::uint32_t>("reused");
    // Window 9, chunk 8, so a ring of 17: after 60 tokens the positions from 43 on are there, and a token at 51 or
    // later finds all it sees.
    for (const bool onProcessor : {false, true}) {
        const auto row = [&](const char* name, std::uint32_t kept, std::uint32_t reused) {
            QTest::addRow("%s%s", name, onProcessor ? ", cpu" : "") << onProcessor << kept << reused;
        };
        row("one token", 59, 59);
        row("as far as it goes", 51, 51);
        row("too far", 50, 0);
        row("into the first window", 5, 0);
        row("nothing in common", 0, 0);
    }
}

void TestFamilies::goingBackInAWindow() {
    QFETCH(bool, onProcessor);
    QFETCH(std::uint32_t, kept);
    QFETCH(std::uint32_t, reused);
    ModelSession model = session(onProcessor, write(family("gemma3")), {100, 8, CacheType::f32});
    auto tokens = familyTokens(60);
    model.context.prefill(tokens, {}, {});
    tokens.resize(kept);
    for (const TokenId other : familyTokens(20, 9)) tokens.push_back(other);

    const auto check = [&](std::uint32_t wantReused) {
        const auto again = model.context.prefill(tokens, {}, {});
        QCOMPARE(again.reusedTokens, wantReused);
        const auto last = static_cast<std::uint32_t>(tokens.size() - 1);
        reference::Executor executor(model.definition);
        const double error = nmse(again.logits, executor.step(tokens, 0, std::span(&last, 1)));
        QVERIFY2(error <= kLimit, qPrintable(QString::number(error)));
    };
    check(reused);
    // Back once more, by fewer tokens than the ring can go, from where the cache has been further along before.
    tokens.resize(tokens.size() - 3);
    tokens.push_back(7);
    check(static_cast<std::uint32_t>(tokens.size() - 1));
}

QTEST_GUILESS_MAIN(TestFamilies)
#include "tst_families.moc"

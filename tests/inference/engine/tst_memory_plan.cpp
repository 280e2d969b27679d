// How long a context gets, the sentence when a model does not fit, and what lies where: of models of real size, too,
// of which only the head is there.
#include "inference/engine/memory_plan.h"
#include "inference/models/architecture.h"
#include "tests/support/gguf_writer.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

using namespace lares;
using namespace lares::inference;

namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

/// 1000 MiB of weights, 1 MiB of cache for 8 tokens, 20 MiB of scratch.
MemoryNeed needAt(std::uint32_t length) {
    return {1000 * kMiB, length / 8 * kMiB, 20 * kMiB};
}

constexpr std::uint32_t kQ4_K = 12;

ModelDefinition headOf(const test::TinyLlamaOptions& options) {
    QTemporaryDir folder;
    const std::filesystem::path path = folder.filePath("model.gguf").toStdString();
    test::writeTinyLlama(path, options);
    return defineModel(std::make_shared<const GgufFile>(GgufFile::open(path, GgufData::mayBeMissing)));
}

ModelDefinition mixtralHead() {
    return headOf({.layers = 32,
                   .embedding = 4096,
                   .heads = 32,
                   .headsKv = 8,
                   .feedForward = 14336,
                   .contextLength = 32768,
                   .vocabulary = 32000,
                   .type = kQ4_K,
                   .experts = 8,
                   .headOnly = true});
}

ComputeTarget card(std::uint64_t memoryBytes) {
    return vulkanTarget(imaginedDevice(memoryBytes));
}

ContextPlan plan(const ContextWish& wish, std::uint64_t freeBytes) {
    return planContext(wish, freeBytes, "Toy GPU", needAt);
}

}  // namespace

class TestMemoryPlan : public QObject {
    Q_OBJECT

 private slots:
    void lengths_data() {
        QTest::addColumn<ContextWish>("wish");
        QTest::addColumn<std::uint64_t>("freeMiB");
        QTest::addColumn<std::uint32_t>("length");
        QTest::addColumn<bool>("warned");
        const auto row = [](const char* name, ContextWish wish, std::uint64_t freeMiB, std::uint32_t length,
                            bool warned) { QTest::newRow(name) << wish << freeMiB << length << warned; };
        row("usual", {0, 131072, 1u << 20}, 4000, 4096, false);
        row("small model", {0, 2048, 1u << 20}, 4000, 2048, false);
        row("asked for", {8192, 131072, 1u << 20}, 4000, 8192, false);
        row("asked for more than the model can", {8192, 2048, 1u << 20}, 4000, 2048, true);
        row("more than the device addresses", {0, 131072, 1024}, 4000, 1024, true);
        row("just fits", {0, 131072, 1u << 20}, 1532, 4096, false);
        row("one MiB short", {0, 131072, 1u << 20}, 1531, 3840, true);
        row("only the shortest fits", {0, 131072, 1u << 20}, 1052, 256, true);
        row("a context shorter than the shortest", {0, 64, 1u << 20}, 1028, 64, false);
    }
    void lengths() {
        QFETCH(ContextWish, wish);
        QFETCH(std::uint64_t, freeMiB);
        QFETCH(std::uint32_t, length);
        QFETCH(bool, warned);
        const ContextPlan result = plan(wish, freeMiB * kMiB);
        QCOMPARE(result.length, length);
        QCOMPARE(!result.warning.empty(), warned);
        QVERIFY(result.refusal.empty());
        if (warned) QVERIFY(QString::fromStdString(result.warning).contains(QString::number(length)));
    }

    void tooLargeSaysAllTheNumbers() {
        for (const ContextWish& wish : {ContextWish{0, 4096, 1u << 20}, ContextWish{4096, 4096, 1u << 20}}) {
            const QString sentence = QString::fromStdString(plan(wish, 900 * kMiB).refusal);
            for (const char* part : {"1.5 GiB", "1000 MiB", "512 MiB", "4096 tokens", "20 MiB", "Toy GPU", "900 MiB"}) {
                QVERIFY2(sentence.contains(part), qPrintable(part + (" is missing: " + sentence)));
            }
        }
    }

    /// Whoever names a length gets that length or a refusal, never silently less.
    void anExplicitLengthIsNotShortened() {
        const ContextPlan result = plan({4096, 4096, 1u << 20}, 1300 * kMiB);
        QCOMPARE(result.length, 4096u);
        QVERIFY(!result.refusal.empty());
    }

    /// Sizes worked out by hand: 4.5 bits for a weight of Q4_K.
    void mixtralOnACard() {
        const ModelDefinition model = mixtralHead();
        const SessionPlan result =
            planSession(model, {8192}, card(48 << 10) /* too small to reserve */, std::uint64_t{48} << 30);
        const std::uint64_t experts = 8ull * 3 * 4096 * 14336 * 9 / 16;
        const std::uint64_t attention = 2ull * 4096 * (4096 + 1024) * 9 / 16;
        const std::uint64_t router = 8ull * 4096 * 4, norms = 2ull * 4096 * 4;
        QCOMPARE(result.layers.size(), std::size_t{32});
        for (const LayerPlan& layer : result.layers) {
            QCOMPARE(layer.expertsBytes, experts);
            QCOMPARE(layer.weightsBytes, experts + attention + router + norms);
            QCOMPARE(layer.cacheBytes, 2ull * 8192 * 1024 * 2);
            QVERIFY(layer.fits);
        }
        QCOMPARE(result.otherWeightsBytes, 2ull * 32000 * 4096 * 9 / 16 + 4096 * 4);
        QCOMPARE(result.need.weightsBytes, 32 * result.layers[0].weightsBytes + result.otherWeightsBytes);
        QCOMPARE(result.need.cacheBytes, 32 * result.layers[0].cacheBytes);
        QVERIFY(result.refusal.empty());
        // Two of eight experts, and of the embedding next to nothing.
        QCOMPARE(bytesReadPerToken(model, card(0)), 32 * (experts / 4 + attention + router) + 32000ull * 4096 * 9 / 16);
    }

    /// On a card that is too small: refused, with as many layers as do fit.
    void mixtralOnASmallCard() {
        const std::uint64_t memory = std::uint64_t{12} << 30;
        const SessionPlan result = planSession(mixtralHead(), {}, card(memory), memory);
        QVERIFY(QString::fromStdString(result.refusal).contains("a graphics card"));
        QCOMPARE(result.reservedBytes, 256 * kMiB);
        const auto fit = static_cast<std::uint64_t>(std::ranges::count_if(result.layers, &LayerPlan::fits));
        const std::uint64_t each = result.layers[0].weightsBytes + result.layers[0].cacheBytes;
        const std::uint64_t rest = result.otherWeightsBytes + result.need.scratchBytes;
        QVERIFY(fit > 0 && rest + fit * each <= result.freeBytes && rest + (fit + 1) * each > result.freeBytes);
        QVERIFY(result.layers[fit - 1].fits && !result.layers[fit].fits);
    }

    /// The size of Command R+: 104 billion weights. A second is the limit; a debug build takes a fraction of it.
    void giantsArePlannedAtOnce() {
        const test::TinyLlamaOptions giant{.layers = 64,
                                           .embedding = 12288,
                                           .heads = 96,
                                           .headsKv = 8,
                                           .feedForward = 33792,
                                           .contextLength = 131072,
                                           .vocabulary = 256000,
                                           .type = kQ4_K,
                                           .tiedEmbeddings = true,
                                           .headOnly = true};
        const ModelDefinition model = headOf(giant);
        QElapsedTimer timer;
        timer.start();
        const std::uint64_t memory = std::uint64_t{80} << 30;
        const SessionPlan result = planSession(model, {}, card(memory), memory);
        bytesReadPerToken(model, card(0));
        QVERIFY2(timer.elapsed() < 1000, qPrintable(QString::number(timer.elapsed())));
        QVERIFY(result.refusal.empty());
        const double billions = static_cast<double>(result.need.weightsBytes) / 4.5 * 8 / 1e9;
        QVERIFY2(billions > 103 && billions < 105, qPrintable(QString::number(billions)));
    }
};

QTEST_GUILESS_MAIN(TestMemoryPlan)
#include "tst_memory_plan.moc"

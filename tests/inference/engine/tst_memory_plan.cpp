// How long a context gets, and the sentence when a model does not fit.
#include "inference/engine/memory_plan.h"
#include "inference/error.h"

#include <QTest>

using namespace lares::inference;

namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

/// 1000 MiB of weights, 1 MiB of cache for 8 tokens, 20 MiB of scratch.
MemoryNeed needAt(std::uint32_t length) {
    return {1000 * kMiB, length / 8 * kMiB, 20 * kMiB};
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
        if (warned) QVERIFY(QString::fromStdString(result.warning).contains(QString::number(length)));
    }

    void tooLargeSaysAllTheNumbers() {
        for (const ContextWish& wish : {ContextWish{0, 4096, 1u << 20}, ContextWish{4096, 4096, 1u << 20}}) {
            try {
                plan(wish, 900 * kMiB);
                QFAIL("it fitted");
            } catch (const Error& error) {
                QVERIFY(error.kind() == ErrorKind::outOfMemory);
                const QString sentence = error.what();
                for (const char* part :
                     {"1.5 GiB", "1000 MiB", "512 MiB", "4096 tokens", "20 MiB", "Toy GPU", "900 MiB"}) {
                    QVERIFY2(sentence.contains(part), qPrintable(part + (" is missing: " + sentence)));
                }
            }
        }
    }

    /// Whoever names a length gets that length or an error, never silently less.
    void anExplicitLengthIsNotShortened() {
        QVERIFY_EXCEPTION_THROWN(plan({4096, 4096, 1u << 20}, 1300 * kMiB), Error);
    }
};

QTEST_GUILESS_MAIN(TestMemoryPlan)
#include "tst_memory_plan.moc"

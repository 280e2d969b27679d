// The operation list: values that live at the same time never share scratch memory, and memory is shared otherwise.
#include "inference/program/program_builder.h"

#include <QTest>

#include <algorithm>
#include <random>

using namespace lares::inference;

namespace {

struct Life {
    std::size_t first = ~std::size_t{0}, last = 0;
};

std::vector<Life> livesOf(const Program& program) {
    std::vector<Life> lives(program.values.size());
    for (std::size_t i = 0; i < program.operations.size(); ++i) {
        forEachValue(program.operations[i], [&](ValueId id) {
            lives[id].first = std::min(lives[id].first, i);
            lives[id].last = i;
        });
    }
    if (program.outputRows > 0) lives[program.logits].last = program.operations.size();
    return lives;
}

/// Sentence about the first pair of values that are alive together and overlap, or empty.
QString overlap(const Program& program) {
    const std::vector<Life> lives = livesOf(program);
    for (ValueId a = 0; a < program.values.size(); ++a) {
        for (ValueId b = a + 1; b < program.values.size(); ++b) {
            const Value &x = program.values[a], &y = program.values[b];
            const bool together = lives[a].first <= lives[b].last && lives[b].first <= lives[a].last;
            const bool touching =
                x.scratchOffset < y.scratchOffset + y.size() && y.scratchOffset < x.scratchOffset + x.size();
            if (together && touching) return QString("values %1 and %2").arg(a).arg(b);
        }
    }
    return {};
}

/// A chain of blocks of random widths, each with a residual that stays alive over the block.
Program randomProgram(std::uint32_t seed, std::uint32_t tokens, std::uint32_t outputs) {
    std::mt19937 random(seed);
    const auto width = [&] { return 1 + static_cast<std::uint32_t>(random() % 300); };
    ProgramBuilder builder(tokens, outputs);
    const std::uint32_t main = width();
    ValueId x = builder.embed(0, main);
    for (int layer = 0; layer < 4; ++layer) {
        const ValueId normed = builder.rmsNorm(x, 1, 1e-5f);
        const std::uint32_t inner = width();
        const ValueId gate = builder.matmul(2, inner, normed);
        const ValueId up = builder.matmul(3, inner, normed);
        const ValueId gated = builder.gated(Activation::silu, gate, up);
        x = random() % 2 == 0 ? builder.matmul(4, main, gated, kNoWeight, x)
                              : builder.add(x, builder.matmul(4, main, gated));
    }
    return builder.finish(builder.matmul(5, width(), builder.gatherRows(x)));
}

}  // namespace

class TestProgramBuilder : public QObject {
    Q_OBJECT

 private slots:
    void livingValuesNeverOverlap_data() {
        QTest::addColumn<std::uint32_t>("seed");
        for (std::uint32_t seed = 1; seed <= 20; ++seed) QTest::addRow("seed %u", seed) << seed;
    }
    void livingValuesNeverOverlap() {
        QFETCH(std::uint32_t, seed);
        const Program program = randomProgram(seed, 1 + seed % 7, 1);
        QCOMPARE(overlap(program), QString());
        std::uint64_t sum = 0;
        for (const Value& value : program.values) {
            QCOMPARE(value.scratchOffset % kScratchAlignment, std::uint64_t{0});
            QVERIFY(value.scratchOffset + value.size() <= program.scratchSize);
            sum += value.size();
        }
        QVERIFY2(program.scratchSize < sum, "memory of dead values is not used again");
    }

    void depthCostsNoScratch() {
        const auto scratchOf = [](int layers) {
            ProgramBuilder builder(3, 3);
            ValueId x = builder.embed(0, 64);
            for (int i = 0; i < layers; ++i) x = builder.matmul(1, 64, builder.rmsNorm(x, 2, 1e-5f), kNoWeight, x);
            return builder.finish(x).scratchSize;
        };
        QCOMPARE(scratchOf(40), scratchOf(2));
    }

    void logitsOutliveEverything() {
        ProgramBuilder builder(2, 2);
        const ValueId x = builder.embed(0, 128);
        const ValueId logits = builder.matmul(1, 128, x);
        builder.rmsNorm(x, 2, 1e-5f);  // computed after the logits: must not be laid over them
        const Program program = builder.finish(logits);
        QCOMPARE(program.logits, logits);
        QCOMPARE(overlap(program), QString());
        QVERIFY(program.values[logits].scratchOffset != program.values.back().scratchOffset);
    }
};

QTEST_GUILESS_MAIN(TestProgramBuilder)
#include "tst_program_builder.moc"

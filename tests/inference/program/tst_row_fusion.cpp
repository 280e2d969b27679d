// What becomes of a program for a few tokens: which operations are done in one step, and that values still have room.
#include "inference/program/program_builder.h"
#include "inference/program/row_fusion.h"

#include <algorithm>
#include <QTest>
#include <set>

using namespace lares::inference;

namespace {

constexpr std::uint32_t kWidth = 64, kHeads = 4, kHeadsKv = 2, kHeadSize = 16, kInner = 128, kVocabulary = 96;

/// One layer of the usual kind, and what stands around it. Weights are numbered as they come.
struct Layer {
    bool rope = true;
    bool queryNorm = false;
    bool normIsRead = false;  ///< the first norm's result is added to something, too
    bool layerNorm = false;
    std::uint32_t tokens = 1;

    Program program() const {
        ProgramBuilder builder(tokens, tokens);
        WeightId weight = 0;
        const auto norm = [&](ValueId in) {
            return layerNorm ? builder.layerNorm(in, weight++, weight++, 1e-5f) : builder.rmsNorm(in, weight++, 1e-5f);
        };
        ValueId x = builder.embed(weight++, kWidth);
        const ValueId normed = norm(x);
        ValueId query = builder.matmul(weight++, kHeads * kHeadSize, normed);
        const ValueId keys = builder.matmul(weight++, kHeadsKv * kHeadSize, normed);
        const ValueId values = builder.matmul(weight++, kHeadsKv * kHeadSize, normed);
        if (queryNorm) query = builder.rmsNorm(query, weight++, 1e-5f, kHeads);
        if (rope) {
            const RopeShape shape{.rotated = kHeadSize};
            builder.rope(query, kHeads, kHeadSize, shape);
            builder.rope(keys, kHeadsKv, kHeadSize, shape);
        }
        builder.storeKv(0, keys, values, 0);
        const ValueId attended =
            builder.attention(0, query, kHeads, kHeadsKv, kHeadSize, 0.25f, 0, 0.0f, true, kNoWeight, kNoWeight);
        x = builder.matmul(weight++, kWidth, attended, kNoWeight, x);
        if (normIsRead) x = builder.add(x, normed);
        const ValueId second = norm(x);
        const ValueId gate = builder.matmul(weight++, kInner, second);
        const ValueId up = builder.matmul(weight++, kInner, second);
        const ValueId inner = builder.gated(Activation::silu, gate, up);
        x = builder.matmul(weight++, kWidth, inner, kNoWeight, x);
        return builder.finish(builder.matmul(weight++, kVocabulary, norm(x)));
    }
};

FusionRules allowed(bool fusable, bool together) {
    return {[=](WeightId) { return fusable; }, [=](WeightId, std::uint32_t) { return fusable; },
            [=](WeightId, WeightId) { return together; }};
}

template <typename Step>
std::size_t count(const FusedProgram& fused) {
    return static_cast<std::size_t>(
        std::ranges::count_if(fused.steps, [](const FusedStep& step) { return std::holds_alternative<Step>(step); }));
}

/// Steps that are the program's own operations of one kind.
template <typename Kind>
std::size_t unfused(const FusedProgram& fused) {
    return static_cast<std::size_t>(std::ranges::count_if(fused.steps, [](const FusedStep& step) {
        const auto* operation = std::get_if<Operation>(&step);
        return operation && std::holds_alternative<Kind>(*operation);
    }));
}

}  // namespace

class TestRowFusion : public QObject {
    Q_OBJECT

 private slots:
    void aLayerTakesFiveSteps_data() {
        QTest::addColumn<bool>("rope");
        QTest::addColumn<bool>("layerNorm");
        QTest::addColumn<int>("tokens");
        QTest::newRow("rms norm") << true << false << 1;
        QTest::newRow("layer norm") << true << true << 1;
        QTest::newRow("nothing turns, several tokens") << false << false << 5;
    }
    void aLayerTakesFiveSteps() {
        QFETCH(bool, rope);
        QFETCH(bool, layerNorm);
        QFETCH(int, tokens);
        const Layer layer{.rope = rope, .layerNorm = layerNorm, .tokens = static_cast<std::uint32_t>(tokens)};
        const FusedProgram fused = fuseRows(layer.program(), allowed(true, true));
        QCOMPARE(fused.steps.size(), std::size_t{1 + 5 + 1});  // the embedding, the layer, the logits
        QCOMPARE(count<FusedQkv>(fused), std::size_t{1});
        QCOMPARE(count<FusedGate>(fused), std::size_t{1});
        QCOMPARE(count<FusedMatmul>(fused), std::size_t{3});
        const auto& qkv = std::get<FusedQkv>(fused.steps[1]);
        QVERIFY(qkv.input.norm && qkv.input.norm->centred == layerNorm);
        QCOMPARE(qkv.rope.has_value(), rope);
        const auto& logits = std::get<FusedMatmul>(fused.steps.back());
        QVERIFY(logits.input.norm);
    }

    void whatMayNotBeFusedStays() {
        const Program program = Layer().program();
        const FusedProgram fused = fuseRows(program, allowed(false, true));
        QCOMPARE(fused.steps.size(), program.operations.size());
        QCOMPARE(unfused<Matmul>(fused), std::size_t{8});
        for (std::size_t i = 0; i < program.values.size(); ++i) {
            QCOMPARE(fused.values[i].scratchOffset, program.values[i].scratchOffset);
        }
        QCOMPARE(fused.scratchSize, program.scratchSize);
    }

    void matricesThatLieApartHaveStepsOfTheirOwn() {
        const FusedProgram fused = fuseRows(Layer().program(), allowed(true, false));
        QCOMPARE(count<FusedGate>(fused), std::size_t{0});
        QCOMPARE(unfused<Gated>(fused), std::size_t{1});
        QCOMPARE(count<FusedQkv>(fused), std::size_t{1});  // its parts may lie apart
        QCOMPARE(unfused<RmsNorm>(fused), std::size_t{0});
    }

    void queriesWithANormOfTheirOwnAreNotTaken() {
        const FusedProgram fused = fuseRows(Layer{.queryNorm = true}.program(), allowed(true, true));
        QCOMPARE(count<FusedQkv>(fused), std::size_t{0});
        QCOMPARE(unfused<Rope>(fused), std::size_t{2});
        QCOMPARE(unfused<RmsNorm>(fused), std::size_t{1});
    }

    void aNormThatSomethingElseReadsStays() {
        const FusedProgram fused = fuseRows(Layer{.normIsRead = true}.program(), allowed(true, true));
        QCOMPARE(unfused<RmsNorm>(fused), std::size_t{1});
        QVERIFY(!std::get<FusedQkv>(fused.steps[2]).input.norm);
    }

    /// A step reads all of its input while it writes its output, so they may not share memory.
    void inputsAndOutputsLieApart() {
        for (const bool layerNorm : {false, true}) {
            const FusedProgram fused =
                fuseRows(Layer{.layerNorm = layerNorm, .tokens = 3}.program(), allowed(true, true));
            const auto apart = [&](ValueId a, ValueId b) {
                const Value &left = fused.values[a], &right = fused.values[b];
                return left.scratchOffset + left.size() <= right.scratchOffset ||
                       right.scratchOffset + right.size() <= left.scratchOffset;
            };
            for (const FusedStep& step : fused.steps) {
                if (const auto* op = std::get_if<FusedMatmul>(&step)) QVERIFY(apart(op->input.in, op->matmul.out));
                if (const auto* op = std::get_if<FusedGate>(&step)) QVERIFY(apart(op->input.in, op->gated.out));
                if (const auto* op = std::get_if<FusedQkv>(&step)) QVERIFY(apart(op->input.in, op->query.out));
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestRowFusion)
#include "tst_row_fusion.moc"

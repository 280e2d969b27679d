// Attention over caches of every kind, norms, activations and rotary positions, with every set of kernels that this
// processor can run, against double precision.
#include "inference/cpu/experts.h"
#include "inference/cpu/half.h"
#include "inference/cpu/processor.h"
#include "inference/reference/ops.h"
#include "tests/inference/cpu/cpu_test.h"
#include "vulkan/formats/block_io.h"

#include <QTest>

#include <cstring>

using namespace lares::inference;
using namespace lares::inference::cpu;
using lares::tests::Draw;
using lares::tests::Guarded;
using lares::tests::nmseOf;
using lares::tests::toDouble;

namespace {

struct Shape {
    std::uint32_t headCount, headCountKv, headSize, capacity, window;
    float softCap;
    bool causal;
    bool hasSinks = false, hasSlopes = false;
};

/// A cache that is filled step by step, and the reference's beside it.
struct Cached {
    Cached(const Shape& s, std::size_t elementBytes)
        : shape(s),
          keys(elementBytes * s.headCountKv * roundedUpTo8(s.capacity) * s.headSize),
          values(elementBytes * s.headCountKv * roundedUpTo8(s.capacity) * roundedUpTo8(s.headSize)) {}

    Shape shape;
    AlignedMemory keys, values;
    std::vector<double> allKeys, allValues;
};

/// What a cache of f16 makes of a number.
float asHalf(float value) {
    return lares::vulkan::blocks::halfToFloat(floatToHalf(value));
}

}  // namespace
Q_DECLARE_METATYPE(Shape)

class TestCpuKernels : public QObject {
    Q_OBJECT

 private slots:
    void attention_data() {
        QTest::addColumn<Shape>("shape");
        const auto row = [](const char* name, Shape shape) { QTest::newRow(name) << shape; };
        row("one head", {1, 1, 8, 40, 0, 0, true});
        row("shared heads", {8, 2, 64, 200, 0, 0, true});
        row("three to one", {6, 2, 20, 100, 0, 0, true});
        row("as many keys as queries", {5, 5, 12, 90, 0, 0, true});
        row("large heads", {2, 1, 256, 70, 0, 0, true});
        row("soft cap", {4, 2, 32, 80, 0, 5.0f, true});
        row("window", {4, 2, 16, 9 + 7, 9, 0, true});
        row("window, odd ring", {4, 1, 16, 5 + 8, 5, 2.0f, true});
        row("window longer than the context", {4, 2, 16, 90, 200, 0, true});
        row("all of the batch", {4, 4, 16, 80, 0, 0, false});
        row("sinks", {4, 2, 16, 90, 0, 0, true, true});
        row("sinks in a window", {4, 2, 16, 9 + 7, 9, 0, true, true});
        row("slopes", {4, 1, 16, 90, 0, 0, true, false, true});
        row("slopes both ways", {4, 4, 16, 80, 0, 0, false, false, true});
    }
    void attention() {
        QFETCH(Shape, shape);
        for (const Kernels* kernels : usableKernels()) {
            check<float>(*kernels, shape);
            check<std::uint16_t>(*kernels, shape);
        }
    }

    void rowsAndNumbers() {
        for (const Kernels* kernels : usableKernels()) {
            Draw draw(4);
            for (const std::uint32_t width : {1u, 3u, 8u, 31u, 64u, 1000u}) checkRows(*kernels, draw, width);
        }
    }

    void rotaryPositions() {
        Draw draw(5);
        for (const Kernels* kernels : usableKernels()) {
            for (const bool halves : {false, true}) {
                constexpr std::uint32_t kHeads = 3, kSize = 20, kRotated = 14, kPosition = 77;
                Guarded heads(draw.plain(kHeads * kSize));
                std::vector<double> truth = toDouble(heads.values());
                const reference::RopeShape shape{kHeads, kSize, kRotated, halves, 10000, 1, -1, 0, 1.25, {}};
                reference::rope(truth, shape, kPosition);
                std::vector<float> turns(kRotated);
                for (std::uint32_t i = 0; i < kRotated / 2; ++i) {
                    const double angle = kPosition * std::pow(10000.0, -2.0 * i / kRotated);
                    turns[i] = static_cast<float>(1.25 * std::cos(angle));
                    turns[kRotated / 2 + i] = static_cast<float>(1.25 * std::sin(angle));
                }
                kernels->rope({heads.data(), kHeads, kSize, kRotated / 2, halves, turns.data()});
                QVERIFY(heads.intact() && nmseOf(heads.values(), truth) < 1e-12);
            }
        }
    }

    void halvesAreRoundedToTheNearest() {
        for (const auto& [value, half] : std::initializer_list<std::pair<float, std::uint16_t>>{
                 {0.0f, 0},
                 {-0.0f, 0x8000},
                 {1.0f, 0x3c00},
                 {65504.0f, 0x7bff},
                 {65519.0f, 0x7bff},
                 {65520.0f, 0x7c00},
                 {-1e9f, 0xfc00},
                 {1.0f + 0x1p-11f, 0x3c00},    // a tie goes to the even one
                 {1.0f + 0x1.8p-10f, 0x3c02},  // so does this
                 {1.0f + 0x1.1p-11f, 0x3c01},
                 {0x1p-14f, 0x0400},
                 {0x1p-24f, 0x0001},
                 {0x1p-25f, 0x0000},
                 {0x1.8p-24f, 0x0002},
                 {1e-40f, 0x0000}}) {
            QCOMPARE(floatToHalf(value), half);
        }
        for (std::uint32_t bits = 0; bits < 0x7c00; ++bits) {
            const auto half = static_cast<std::uint16_t>(bits);
            QCOMPARE(floatToHalf(lares::vulkan::blocks::halfToFloat(half)), half);
        }
    }

    void experts() {
        Draw draw(6);
        for (const auto& [gating, formula] : {std::pair(Gating::softmax, reference::RouteGating::softmax),
                                              std::pair(Gating::sigmoid, reference::RouteGating::sigmoid),
                                              std::pair(Gating::sparseMixer, reference::RouteGating::sparseMixer)}) {
            for (const bool renormalise : {false, true}) {
                std::vector<float> scores = draw.plain(24 * 2);
                scores[3] = scores[7] = scores[9] = 2;  // equals: the lower number first
                scores[4] = 0;
                std::vector<float> chosen(2 * 5), weights(2 * 5);
                std::vector<double> wantedChosen(2 * 5), wantedWeights(2 * 5);
                const Route op{0, 0, 0, 0, gating, renormalise, 1.5f};
                for (std::size_t t = 0; t < 2; ++t) {
                    chooseExperts(op, std::span(scores).subspan(t * 24, 24), std::span(chosen).subspan(t * 5, 5),
                                  std::span(weights).subspan(t * 5, 5));
                }
                reference::route(toDouble(scores), {24, 5, formula, renormalise, 1.5}, wantedChosen, wantedWeights);
                QCOMPARE(toDouble(chosen), wantedChosen);
                QVERIFY(nmseOf(weights, wantedWeights) < 1e-12);

                std::vector<std::uint32_t> order(10);
                std::vector<ExpertRun> runs;
                orderByExpert(chosen, 24, order, runs);
                std::uint32_t at = 0;
                for (const ExpertRun& run : runs) {
                    QCOMPARE(run.begin, at);
                    for (at = run.begin; at < run.end; ++at) {
                        QCOMPARE(static_cast<std::uint32_t>(chosen[order[at]]), run.expert);
                    }
                }
                std::ranges::sort(order);
                for (std::uint32_t i = 0; i < 10; ++i) QCOMPARE(order[i], i);
            }
        }
    }

 private:
    template <typename Element>
    void check(const Kernels& kernels, const Shape& shape);
    void checkRows(const Kernels& kernels, Draw& draw, std::uint32_t width);
};

/// Batches of every length, until a ring has gone round several times or a whole cache is full.
template <typename Element>
void TestCpuKernels::check(const Kernels& kernels, const Shape& shape) {
    constexpr bool kHalf = sizeof(Element) == 2;
    const auto [headCount, headCountKv, headSize, capacity, window, softCap, causal, hasSinks, hasSlopes] = shape;
    const bool ring = window != 0 && window < capacity;
    const std::uint32_t mostRows = ring ? capacity - window : capacity, positions = ring ? 4 * capacity : capacity;
    Draw draw(headSize + capacity);
    Cached cache(shape, sizeof(Element));
    std::uint32_t position = 0;
    while (position < positions) {
        const std::uint32_t rows =
            std::min(causal ? draw.between(1, std::min(mostRows, 11u)) : capacity, positions - position);
        const std::size_t width = std::size_t{headCountKv} * headSize;
        std::vector<float> keys = draw.plain(rows * width), values = draw.unkind(rows * width);
        kHalf ? kernels.storeF16({keys.data(), values.data(), rows, headCountKv, headSize, position, capacity,
                                  cache.keys.data(), cache.values.data()})
              : kernels.storeF32({keys.data(), values.data(), rows, headCountKv, headSize, position, capacity,
                                  cache.keys.data(), cache.values.data()});
        for (const float key : keys) cache.allKeys.push_back(static_cast<double>(kHalf ? asHalf(key) : key));
        for (const float value : values) cache.allValues.push_back(static_cast<double>(kHalf ? asHalf(value) : value));

        Guarded query(draw.plain(std::size_t{rows} * headCount * headSize)), out(query.values().size());
        for (float& number : query.values()) number *= 3;
        const std::vector<float> sinks = draw.plain(headCount), slopes = draw.plain(headCount);
        AttentionArgs args{query.data(),
                           out.data(),
                           rows,
                           headCount,
                           headCountKv,
                           headSize,
                           0.3f,
                           softCap,
                           window,
                           causal,
                           hasSinks ? sinks.data() : nullptr,
                           hasSlopes ? slopes.data() : nullptr,
                           position,
                           cache.keys.data(),
                           cache.values.data(),
                           capacity};
        for (std::uint32_t task = 0; task < attentionTasks(args); ++task) {
            (kHalf ? kernels.attendF16 : kernels.attendF32)(args, task);
        }
        std::vector<double> truth(out.values().size());
        reference::attention(
            toDouble(query.values()), cache.allKeys, cache.allValues,
            {headCount, headCountKv, headSize, static_cast<double>(0.3f), window, static_cast<double>(softCap), causal,
             hasSinks ? std::span<const float>(sinks) : std::span<const float>(),
             hasSlopes ? std::span<const float>(slopes) : std::span<const float>()},
            position, truth);
        const double error = nmseOf(out.values(), truth);
        QVERIFY2(out.intact() && error < 1e-10,
                 qPrintable(QString("%1, %2 rows at %3: %4").arg(kernels.name).arg(rows).arg(position).arg(error)));
        position += rows;
    }
}

void TestCpuKernels::checkRows(const Kernels& kernels, Draw& draw, std::uint32_t width) {
    Guarded in(draw.unkind(width)), weight(draw.plain(width)), bias(draw.plain(width));
    const std::vector<double> exact = toDouble(in.values()), factors = toDouble(weight.values());
    std::vector<double> truth(width);
    const auto same = [&](const char* what, const auto& compute) {
        Guarded out(weight.values());
        compute(out.data());
        const double error = nmseOf(out.values(), truth);
        QVERIFY2(out.intact() && error < 1e-11,
                 qPrintable(QString("%1 of %2 with %3: %4").arg(what).arg(width).arg(kernels.name).arg(error)));
    };
    const float epsilon = 1e-5f;
    reference::rmsNorm(exact, weight.values(), static_cast<double>(epsilon), truth);
    same("rms norm", [&](float* out) { kernels.rmsNorm(in.data(), weight.data(), epsilon, width, out); });
    for (float* const shift : {bias.data(), static_cast<float*>(nullptr)}) {
        const std::span<const float> shifts = shift ? bias.values() : std::span<float>();
        reference::layerNorm(exact, width, weight.values(), shifts, static_cast<double>(epsilon), truth);
        // One number alone is its own mean, and what is left of it is nothing but rounding.
        if (width > 1) {
            same("layer norm",
                 [&](float* out) { kernels.layerNorm(in.data(), weight.data(), shift, epsilon, width, out); });
        }
    }
    std::ranges::transform(exact, truth.begin(), reference::silu);
    same("silu", [&](float* out) { kernels.silu(in.data(), width, out); });
    std::ranges::transform(exact, truth.begin(), reference::geluTanh);
    same("gelu", [&](float* out) { kernels.geluTanh(in.data(), width, out); });
    reference::gated(exact, factors, reference::silu, truth);
    same("silu times", [&](float* out) { kernels.siluTimes(in.data(), weight.data(), width, out); });
    reference::gated(exact, factors, reference::geluTanh, truth);
    same("gelu times", [&](float* out) { kernels.geluTanhTimes(in.data(), weight.data(), width, out); });
    std::ranges::transform(exact, truth.begin(), reference::clampedSilu);
    same("clamped silu", [&](float* out) { kernels.clampedSilu(in.data(), width, out); });
    reference::gatedClamped(factors, exact, truth);  // some of these are far outside
    same("clamped silu times", [&](float* out) { kernels.clampedSiluTimes(weight.data(), in.data(), width, out); });
    std::ranges::transform(exact, truth.begin(), [](double x) { return reference::softCap(x, 30); });
    same("soft cap", [&](float* out) { kernels.softCap(in.data(), 30, width, out); });
    reference::add(exact, factors, truth);
    same("add", [&](float* out) { kernels.add(in.data(), weight.data(), width, out); });
    for (std::size_t i = 0; i < width; ++i) truth[i] = factors[i] + static_cast<double>(0.3f) * exact[i];
    same("add scaled", [&](float* out) { kernels.addScaled(in.data(), 0.3f, width, out); });
}

QTEST_GUILESS_MAIN(TestCpuKernels)
#include "tst_cpu_kernels.moc"

// Weights of every format into their layouts and back, and products with them, with every set of kernels that this
// processor can run, against double precision.
//
// Tolerances: with activations in f32 only the order of the sums differs: 1e-11. Activations that were rounded to bytes
// are compared with the truth over the rounded ones, where the same holds; what rounding itself does is bounded apart:
// a step is 1/127 of the largest of 32.
#include "inference/cpu/cpu_weights.h"
#include "inference/cpu/processor.h"
#include "inference/cpu/thread_pool.h"
#include "inference/reference/ops.h"
#include "tests/inference/cpu/cpu_test.h"
#include "tests/support/gguf_writer.h"

#include <QTest>

#include <cstring>
#include <numeric>

using namespace lares;
using namespace lares::inference;
using namespace lares::inference::cpu;
using lares::tests::Draw;
using lares::tests::Guarded;
using lares::tests::nmseOf;
using lares::tests::toDouble;

namespace {

/// A matrix as a file holds it, what it is worth, and packed.
struct Weights {
    WeightSource source;
    std::vector<std::byte> file;
    std::vector<float> values;
    std::optional<CpuWeights> packed;

    const CpuMatrix& matrix() const { return packed->matrix(0); }
};

Weights makeWeights(ThreadPool& pool, const vulkan::Format& format, std::uint32_t rows, std::uint32_t columns,
                    std::uint64_t seed, std::uint32_t experts = 0) {
    Weights weights;
    weights.file = test::randomBlocks(format.ggmlType, std::uint64_t{rows} * columns, 1.0f, seed);
    weights.values.resize(std::size_t{rows} * columns);
    format.dequantize(weights.file.data(), weights.values.data(), weights.values.size() / format.blockElements);
    WeightSource& source = weights.source;
    source = {"weights", WeightShape::matrix, &format, 0, rows, columns, weights.file.size(), {}, experts};
    source.read = [file = std::span<const std::byte>(weights.file)](std::uint64_t offset, std::span<std::byte> out) {
        std::memcpy(out.data(), file.data() + offset, out.size());
    };
    weights.packed = CpuWeights::load(pool, std::span(&source, 1), {}, {});
    return weights;
}

/// Activations, and what is left of them as blocks of bytes.
struct Activations {
    Activations(const Kernels& kernels, std::vector<float> exact, std::uint32_t width)
        : values(std::move(exact)), numbers(values.size()), blocks(values.size() / 32) {
        for (std::size_t at = 0; width % 32 == 0 && at < values.size(); at += width) {
            kernels.round(values.data() + at, width, numbers.data() + at, blocks.data() + at / 32);
        }
    }
    std::vector<double> rounded() const {
        std::vector<double> result;
        for (std::size_t i = 0; i < values.size(); ++i) {
            result.push_back(static_cast<double>(blocks[i / 32].scale) * numbers[i]);
        }
        return result;
    }

    std::vector<float> values;
    std::vector<std::int8_t> numbers;
    std::vector<ActivationBlock> blocks;
};

ProductArgs argsFor(const CpuMatrix& matrix, Activations& in, float* out) {
    ProductArgs args;
    args.layout = matrix.conversion.layout;
    args.weights = matrix.expert(0);
    args.groupBytes = matrix.groupBytes();
    args.rows = matrix.rows;
    args.columns = matrix.columns;
    args.codebook = matrix.conversion.codebook;
    args.in = in.values.data();
    args.numbers = in.numbers.data();
    args.blocks = in.blocks.data();
    args.out = out;
    args.count = static_cast<std::uint32_t>(in.values.size() / matrix.columns);
    return args;
}

}  // namespace

class TestCpuProducts : public QObject {
    Q_OBJECT

 private slots:
    void rowsComeBack_data() { everyFormat(); }
    void rowsComeBack() {
        QFETCH(std::uint32_t, index);
        const vulkan::Format& format = vulkan::formats()[index];
        const std::uint32_t columns = format.blockElements == 1 ? 77 : format.blockElements * 3;
        const Weights weights = makeWeights(m_pool, format, 19, columns, 7);
        QVERIFY(reinterpret_cast<std::uintptr_t>(weights.matrix().expert(0)) % 64 == 0);
        for (std::uint32_t row = 0; row < 19; ++row) {
            Guarded out(columns);
            weights.matrix().unpack(row, out.data());
            QVERIFY(out.intact());
            const auto truth = std::span(weights.values).subspan(std::size_t{row} * columns, columns);
            QVERIFY(std::ranges::equal(out.values(), truth));
        }
    }

    void products_data() { everyFormat(); }
    void products() {
        QFETCH(std::uint32_t, index);
        const vulkan::Format& format = vulkan::formats()[index];
        Draw draw(index + 1);
        const std::uint32_t step = format.blockElements;
        for (const std::uint32_t count : {1u, 2u, 3u, 4u, 5u, 6u, 13u, 66u}) {
            const std::uint32_t rows = draw.between(1, 40);
            const std::uint32_t columns = step == 1 ? draw.between(1, 600) : step * draw.between(1, 5);
            const Weights weights = makeWeights(m_pool, format, rows, columns, draw.below(1000));
            const std::vector<float> in = draw.unkind(std::size_t{count} * columns);
            const std::vector<float> bias = draw.plain(rows), residual = draw.plain(std::size_t{count} * rows);
            for (const Kernels* kernels : usableKernels()) {
                const QString failure = compare(*kernels, weights, in, bias, residual);
                QVERIFY2(failure.isEmpty(), qPrintable(QString("%1, %2 x %3 with %4: %5")
                                                           .arg(kernels->name)
                                                           .arg(rows)
                                                           .arg(columns)
                                                           .arg(count)
                                                           .arg(failure)));
            }
        }
    }

    /// Checking guesses relies on it: up to eight rows are computed, in every bit, as each of them is alone.
    void aRowDoesNotDependOnItsCompany_data() { everyFormat(); }
    void aRowDoesNotDependOnItsCompany() {
        QFETCH(std::uint32_t, index);
        const vulkan::Format& format = vulkan::formats()[index];
        Draw draw(index + 50);
        for (std::uint32_t count = 2; count <= 8; ++count) {
            const std::uint32_t rows = draw.between(1, 40), step = format.blockElements;
            const std::uint32_t columns = step == 1 ? draw.between(1, 600) : step * draw.between(1, 5);
            const Weights weights = makeWeights(m_pool, format, rows, columns, draw.below(1000));
            const std::vector<float> in = draw.unkind(std::size_t{count} * columns);
            const auto layout = static_cast<std::size_t>(weights.matrix().conversion.layout);
            for (const Kernels* kernels : usableKernels()) {
                for (const auto product : {kernels->exactProducts[layout], kernels->products[layout]}) {
                    std::vector<float> together(std::size_t{count} * rows), alone(together.size());
                    Activations all(*kernels, in, columns);
                    product(argsFor(weights.matrix(), all, together.data()), 0, groupsOf(rows));
                    for (std::uint32_t t = 0; t < count; ++t) {
                        const auto first = in.begin() + std::ptrdiff_t{t} * columns;
                        Activations one(*kernels, {first, first + columns}, columns);
                        product(argsFor(weights.matrix(), one, alone.data() + std::size_t{t} * rows), 0,
                                groupsOf(rows));
                    }
                    QVERIFY2(together == alone, kernels->name);
                }
            }
        }
    }

    void roundingIsFine() {
        Draw draw(3);
        for (const Kernels* kernels : usableKernels()) {
            const Activations in(*kernels, draw.unkind(4096), 4096);
            const std::vector<double> rounded = in.rounded();
            for (std::size_t first = 0; first < in.values.size(); first += 32) {
                const ActivationBlock& block = in.blocks[first / 32];
                double sums[2] = {};
                for (std::size_t i = first; i < first + 32; ++i) {
                    QVERIFY(std::abs(rounded[i] - static_cast<double>(in.values[i])) <=
                            static_cast<double>(block.scale) * 0.50001);
                    sums[(i - first) / 16] += rounded[i];
                }
                const double near = static_cast<double>(block.scale) * 1e-3;
                QVERIFY(std::abs(sums[0] - static_cast<double>(block.halfSums[0])) <= near);
                QVERIFY(std::abs(sums[1] - static_cast<double>(block.halfSums[1])) <= near);
                QVERIFY(std::abs(sums[0] + sums[1] - static_cast<double>(block.sum)) <= near);
            }
        }
    }

    /// Rows of `in` and `out` as experts use them: some pairs, in any order, several of one row of `in`.
    void pairs_data() { everyFormat(); }
    void pairs() {
        QFETCH(std::uint32_t, index);
        const vulkan::Format& format = vulkan::formats()[index];
        Draw draw(index + 100);
        constexpr std::uint32_t kRows = 11, kTokens = 6, kChosen = 3;
        const std::uint32_t columns = format.blockElements == 1 ? 50 : format.blockElements * 2;
        const Weights weights = makeWeights(m_pool, format, 2 * kRows, columns, 5, 2);
        const std::vector<std::uint32_t> pairs{17, 3, 4, 0, 9, 11, 16};
        for (const Kernels* kernels : usableKernels()) {
            Activations in(*kernels, draw.plain(std::size_t{kTokens} * columns), columns);
            std::vector<double> truth(std::size_t{kTokens} * kRows);
            const std::span<const float> second = std::span(weights.values).subspan(std::size_t{kRows} * columns);
            Guarded out(std::size_t{kTokens} * kChosen * kRows);
            std::ranges::fill(out.values(), 0.0f);
            ProductArgs args = argsFor(weights.matrix(), in, out.data());
            args.weights = weights.matrix().expert(1);
            args.count = static_cast<std::uint32_t>(pairs.size());
            args.pairs = pairs.data();
            args.inDivisor = kChosen;
            reference::matmul(second, columns, {}, toDouble(in.values), truth);
            kernels->exactProducts[static_cast<std::size_t>(args.layout)](args, 0, groupsOf(kRows));
            QVERIFY(out.intact());
            std::vector<double> expected(out.values().size(), 0.0);
            for (const std::uint32_t pair : pairs) {
                std::copy_n(truth.begin() + pair / kChosen * kRows, kRows, expected.begin() + pair * kRows);
            }
            const double error = nmseOf(out.values(), expected);
            QVERIFY2(error <= 1e-11, qPrintable(QString::number(error)));
        }
    }

 private:
    static void everyFormat() {
        QTest::addColumn<std::uint32_t>("index");
        for (const vulkan::Format& format : vulkan::formats()) QTest::newRow(format.name) << format.index;
    }

    /// Empty when exact and rounded products are right; else what is wrong.
    static QString compare(const Kernels& kernels, const Weights& weights, const std::vector<float>& values,
                           const std::vector<float>& bias, const std::vector<float>& residual) {
        const CpuMatrix& matrix = weights.matrix();
        Activations in(kernels, values, matrix.columns);
        const auto layout = static_cast<std::size_t>(matrix.conversion.layout);
        const auto errorOf = [&](Kernels::Product product, const std::vector<double>& activations, bool whole) {
            Guarded out(residual.size());
            ProductArgs args = argsFor(matrix, in, out.data());
            if (whole) args.bias = bias.data(), args.residual = residual.data(), args.scale = 0.75f;
            const std::uint32_t groups = groupsOf(matrix.rows), middle = groups / 2;
            product(args, middle, groups);
            product(args, 0, middle);
            std::vector<double> truth(residual.size());
            reference::matmul(weights.values, matrix.columns, whole ? bias : std::vector<float>(), activations, truth);
            for (std::size_t i = 0; whole && i < truth.size(); ++i) {
                truth[i] = truth[i] * 0.75 + static_cast<double>(residual[i]);
            }
            return out.intact() ? nmseOf(out.values(), truth) : std::numeric_limits<double>::infinity();
        };
        for (const bool whole : {false, true}) {
            const double exact = errorOf(kernels.exactProducts[layout], toDouble(values), whole);
            if (!(exact <= 1e-11)) return QString("exact %1").arg(exact);
            const bool blocks = takesBlocks(matrix.conversion.layout);
            const double rounded = errorOf(kernels.products[layout], blocks ? in.rounded() : toDouble(values), whole);
            if (!(rounded <= 1e-11)) return QString("rounded %1").arg(rounded);
        }
        return {};
    }

    ThreadPool m_pool{2};
};

QTEST_GUILESS_MAIN(TestCpuProducts)
#include "tst_cpu_products.moc"

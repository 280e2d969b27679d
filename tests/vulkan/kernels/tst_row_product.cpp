// Products with what stands before and behind them, for few tokens: against the reference, whose activations are
// rounded as the kernel rounds them.
//
// Limits. What is left is the arithmetic of f32 (see tst_matmul), and here and there a number that lies so near the
// middle between two steps that it is rounded the other way: one of the 127 steps of one number of a block of 32.
// Halves are compared with unrounded activations: each is off by at most 2^-11 of itself, in either direction.
#include "inference/reference/ops.h"
#include "tests/vulkan/kernels/kernel_test.h"
#include "vulkan/format_shaders.h"
#include "vulkan/kernels/row_product/row_product.h"
#include "vulkan/kernels/step.h"
#include "vulkan/runtime/uploader.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <QTest>

using namespace lares;
using namespace lares::vulkan;
using namespace lares::tests;
namespace reference = lares::inference::reference;

namespace {

constexpr Limits kLimits{.nmse = 2e-6, .rowError = 2e-2};
constexpr double kEpsilon = 1e-5;

enum class NormCase { none, rms, layer, layerWithBias };

struct Case {
    const Format* format;
    std::uint32_t rows, columns, batch;
    NormCase norm;
    bool bias, residual, activation;
    std::uint64_t windowRows;
};

bool inBytes(const Format& format) {
    return kFormatShaders[format.index].rowProductInBytes;
}

/// Activations as the kernel has them: normed, and in blocks of 32 rounded to 127 steps.
class Input {
 public:
    Input(Device& device, Random& random, std::uint32_t batch, std::uint32_t columns, NormCase norm)
        : m_batch(batch),
          m_columns(columns),
          m_norm(norm),
          m_in(unkindActivations(random, batch, columns)),
          m_weight(unkindActivations(random, 1, columns)),
          m_bias(unkindActivations(random, 1, columns)),
          m_inBuffer(device, m_in),
          m_weightBuffer(device, m_weight),
          m_biasBuffer(device, m_bias) {}

    std::vector<double> expected(const Format& format) const {
        std::vector<double> x = toDouble(m_in);
        const std::span<const float> bias =
            m_norm == NormCase::layerWithBias ? std::span<const float>(m_bias) : std::span<const float>();
        if (m_norm == NormCase::rms) reference::rmsNorm(x, m_weight, kEpsilon, x);
        if (m_norm == NormCase::layer || m_norm == NormCase::layerWithBias) {
            reference::layerNorm(x, m_columns, m_weight, bias, kEpsilon, x);
        }
        if (inBytes(format)) roundBlocks(x);
        return x;
    }

    RowInput args() const {
        RowInput input{m_inBuffer.view(), m_batch, {}};
        if (m_norm == NormCase::none) return input;
        input.norm = RowNorm{m_weightBuffer.view(), {}, m_norm != NormCase::rms, static_cast<float>(kEpsilon)};
        if (m_norm == NormCase::layerWithBias) input.norm->bias = m_biasBuffer.view();
        return input;
    }

    bool guardsIntact() const {
        return m_inBuffer.guardsIntact() && m_weightBuffer.guardsIntact() && m_biasBuffer.guardsIntact();
    }

 private:
    void roundBlocks(std::vector<double>& x) const {
        for (std::size_t row = 0; row < x.size(); row += m_columns) {
            for (std::size_t first = row; first < row + m_columns; first += 32) {
                const std::size_t end = std::min<std::size_t>(first + 32, row + m_columns);
                double largest = 0;
                for (std::size_t i = first; i < end; ++i) largest = std::max(largest, std::abs(x[i]));
                if (largest == 0) continue;
                for (std::size_t i = first; i < end; ++i) x[i] = std::round(x[i] / largest * 127) / 127 * largest;
            }
        }
    }

    std::uint32_t m_batch, m_columns;
    NormCase m_norm;
    std::vector<float> m_in, m_weight, m_bias;
    GuardedBuffer m_inBuffer, m_weightBuffer, m_biasBuffer;
};

}  // namespace
Q_DECLARE_METATYPE(Case)

class TestRowProduct : public QObject {
    Q_OBJECT

 private slots:
    void cleanup() { QVERIFY2(m_gpu.takeMessages().empty(), m_gpu.lastMessages().c_str()); }

    void equalsReference_data();
    void equalsReference();
    void gates_data();
    void gates();
    void queriesKeysAndValues_data();
    void queriesKeysAndValues();
    void expertsOfAToken();
    void isNotTakenForRowsThatDoNotFit();

 private:
    VulkanTest m_gpu;
};

void TestRowProduct::equalsReference_data() {
    QTest::addColumn<Case>("c");
    const auto row = [](const Case& c) {
        QTest::addRow("%s rows=%u columns=%u batch=%u norm=%d bias=%d residual=%d activation=%d windowRows=%llu",
                      c.format->name, c.rows, c.columns, c.batch, static_cast<int>(c.norm), c.bias, c.residual,
                      c.activation, static_cast<unsigned long long>(c.windowRows))
            << c;
    };
    for (const Format& format : formats()) {
        const std::uint32_t block = format.blockElements == 1 ? 4 : format.blockElements;
        row({&format, 37, block * 5, 1, NormCase::rms, true, true, false, 1000});
        row({&format, 20, format.blockElements * 3, 3, NormCase::none, false, true, true, 7});
    }
    const Format& common = *formatByName("Q4_0");
    const Format& halves = *formatByName("F16");
    for (std::uint32_t batch = 1; batch <= kMaxProductRows; ++batch) {
        row({&common, 70, 1056, batch, NormCase::none, batch % 2 == 0, batch % 3 == 0, false, 1000});
        row({&halves, 33, 4 * 131, batch, NormCase::rms, false, false, false, 1000});
    }
    for (const NormCase norm : {NormCase::rms, NormCase::layer, NormCase::layerWithBias}) {
        row({&common, 1, 32, 1, norm, false, false, false, 1000});
        row({&common, 129, 4096, 2, norm, true, false, true, 50});
    }
    // More rows are taken at once.
    row({&common, 1101, 96, 1, NormCase::rms, true, true, false, 1000});
    row({&common, 1101, 96, 3, NormCase::none, true, false, false, 1000});
    row({&common, 64, 14336, 8, NormCase::none, false, true, false, 1000});  // more than fits shared memory at once
    row({&halves, 9, 513, 2, NormCase::none, false, false, false, 1000});
}

void TestRowProduct::equalsReference() {
    QFETCH(Case, c);
    Device& device = m_gpu.device();
    Random random(c.rows * 1000003 + c.columns * 1009 + c.batch);
    const auto file = randomWeights(random, *c.format, c.rows, c.columns);
    const auto bias = unkindActivations(random, 1, c.rows);
    const auto residual = unkindActivations(random, c.batch, c.rows);
    const Input input(device, random, c.batch, c.columns, c.norm);

    std::vector<double> expected(std::size_t{c.batch} * c.rows);
    reference::matmul(dequantized(*c.format, file), c.columns,
                      c.bias ? std::span<const float>(bias) : std::span<const float>(), input.expected(*c.format),
                      expected);
    const float scale = c.bias ? 0.375f : 1.0f;
    for (double& value : expected) {
        value *= static_cast<double>(scale);
        if (c.activation) value = reference::geluTanh(value);
    }
    if (c.residual) reference::add(expected, toDouble(residual), expected);

    const WeightMatrix weights =
        guardedWeights(device, *c.format, c.rows, c.columns, file, c.windowRows * c.format->packedRowBytes(c.columns));
    const GuardedBuffer biasBuffer(device, bias), residualBuffer(device, residual);
    GuardedBuffer out(device, expected.size() * 4);
    RowProductArgs args{input.args(), out.view(), {}, {}, scale, {}};
    if (c.bias) args.bias = biasBuffer.view();
    if (c.residual) args.residual = residualBuffer.view();
    if (c.activation) args.activation = ActivationType::geluTanh;
    runOnce(device, [&](CommandList& commands) { recordRowProduct(commands, device, weights, args); });

    const std::string wrong = difference(expected, out.floats(), c.rows, kLimits);
    QVERIFY2(wrong.empty(), wrong.c_str());
    QVERIFY(input.guardsIntact() && out.guardsIntact() && biasBuffer.guardsIntact() && residualBuffer.guardsIntact());
}

void TestRowProduct::gates_data() {
    QTest::addColumn<std::uint32_t>("rows");
    QTest::addColumn<std::uint32_t>("batch");
    QTest::addColumn<bool>("bias");
    QTest::newRow("one token") << 67u << 1u << false;
    QTest::newRow("five tokens and biases") << 40u << 5u << true;
}

void TestRowProduct::gates() {
    QFETCH(std::uint32_t, rows);
    QFETCH(std::uint32_t, batch);
    QFETCH(bool, bias);
    constexpr std::uint32_t kColumns = 512;
    Device& device = m_gpu.device();
    const Format& format = *formatByName("Q4_K");
    Random random(rows);
    const auto file = randomWeights(random, format, 2 * rows, kColumns);
    const auto gateBias = unkindActivations(random, 1, rows), upBias = unkindActivations(random, 1, rows);
    const Input input(device, random, batch, kColumns, NormCase::rms);
    const auto values = dequantized(format, file);
    const auto half = std::span(values).first(values.size() / 2), otherHalf = std::span(values).last(values.size() / 2);
    const std::span<const float> none;
    std::vector<double> gate(batch * rows), up(batch * rows);
    reference::matmul(half, kColumns, bias ? std::span<const float>(gateBias) : none, input.expected(format), gate);
    reference::matmul(otherHalf, kColumns, bias ? std::span<const float>(upBias) : none, input.expected(format), up);
    for (std::size_t i = 0; i < gate.size(); ++i) gate[i] = reference::silu(gate[i]) * up[i];

    const WeightMatrix weights = guardedWeights(device, format, 2 * rows, kColumns, file);
    const GuardedBuffer gateBuffer(device, gateBias), upBuffer(device, upBias);
    GuardedBuffer out(device, gate.size() * 4);
    GatedProductArgs args{input.args(), out.view(), {}, {}, ActivationType::silu};
    if (bias) args.gateBias = gateBuffer.view(), args.upBias = upBuffer.view();
    runOnce(device, [&](CommandList& commands) { recordGatedProduct(commands, device, weights, args); });
    const std::string wrong = difference(gate, out.floats(), rows, kLimits);
    QVERIFY2(wrong.empty(), wrong.c_str());
    QVERIFY(out.guardsIntact() && input.guardsIntact());
}

struct Heads {
    std::uint32_t count, countKv, size, rotated;
    int turn;  ///< RopePairing, or -1
    std::uint32_t batch, position, capacity;
    bool ring, bias;
    std::uint32_t parts;  ///< 1: all matrices lie together
};
Q_DECLARE_METATYPE(Heads)

void TestRowProduct::queriesKeysAndValues_data() {
    QTest::addColumn<Heads>("h");
    QTest::newRow("neighbours") << Heads{4, 2, 16, 16, 0, 1, 3, 9, false, false, 1};
    QTest::newRow("halves, several tokens, biases") << Heads{4, 2, 20, 20, 1, 4, 5, 20, false, true, 1};
    QTest::newRow("part of a head turns") << Heads{3, 3, 32, 12, 1, 2, 100, 128, false, true, 3};
    QTest::newRow("part of a head, neighbours") << Heads{3, 1, 32, 12, 0, 2, 100, 128, false, false, 2};
    QTest::newRow("nothing turns") << Heads{2, 2, 8, 0, -1, 3, 1, 16, false, true, 1};
    QTest::newRow("ring") << Heads{2, 1, 64, 64, 1, 3, 30, 8, true, false, 1};
    QTest::newRow("full") << Heads{2, 1, 64, 64, 0, 3, 30, 32, false, false, 1};
}

void TestRowProduct::queriesKeysAndValues() {
    QFETCH(Heads, h);
    constexpr std::uint32_t kColumns = 256;
    Device& device = m_gpu.device();
    const Format& format = *formatByName("Q8_0");
    Random random(h.size);
    const std::uint32_t query = h.count * h.size, keys = h.countKv * h.size, all = query + 2 * keys;
    const auto file = randomWeights(random, format, all, kColumns);
    const auto biases = unkindActivations(random, 1, all);
    const Input input(device, random, h.batch, kColumns, NormCase::layer);

    std::vector<double> product(std::size_t{h.batch} * all);
    reference::matmul(dequantized(format, file), kColumns,
                      h.bias ? std::span<const float>(biases) : std::span<const float>(), input.expected(format),
                      product);
    const auto columns = [&](std::uint32_t first, std::uint32_t count) {
        std::vector<double> part;
        for (std::uint32_t t = 0; t < h.batch; ++t) {
            const auto from = product.begin() + t * all + first;
            part.insert(part.end(), from, from + count);
        }
        return part;
    };
    std::vector<double> expectedQuery = columns(0, query), expectedKeys = columns(query, keys);
    const std::vector<double> expectedValues = columns(query + keys, keys);
    if (h.turn >= 0) {
        const reference::RopeShape shape{
            .headCount = h.count, .headSize = h.size, .rotated = h.rotated, .halves = h.turn == 1, .factors = {}};
        reference::rope(expectedQuery, shape, h.position);
        reference::RopeShape keyShape = shape;
        keyShape.headCount = h.countKv;
        reference::rope(expectedKeys, keyShape, h.position);
    }

    std::vector<WeightMatrix> parts;
    const std::uint32_t ends[] = {h.parts == 3   ? query
                                  : h.parts == 2 ? query + keys
                                                 : all,
                                  h.parts == 3 ? query + keys : all, all};
    for (std::uint32_t part = 0, first = 0; part < h.parts; first = ends[part++]) {
        const std::uint64_t rowBytes = format.fileRowBytes(kColumns);
        parts.push_back(guardedWeights(device, format, ends[part] - first, kColumns,
                                       std::span(file).subspan(first * rowBytes, (ends[part] - first) * rowBytes)));
    }
    const std::vector<float> queryBias(biases.begin(), biases.begin() + query),
        keyBias(biases.begin() + query, biases.end() - keys), valueBias(biases.end() - keys, biases.end());
    const GuardedBuffer queryBiasBuffer(device, queryBias), keyBiasBuffer(device, keyBias),
        valueBiasBuffer(device, valueBias), step(device, std::vector<std::uint32_t>{h.position, h.batch});
    GuardedBuffer out(device, expectedQuery.size() * 4);
    GuardedBuffer keyCache(device, std::uint64_t{h.capacity} * keys * 2),
        valueCache(device, std::uint64_t{h.capacity} * keys * 2);
    QkvProductArgs args{input.args(), out.view(), keyCache.view(), valueCache.view(), step.view()};
    if (h.bias) {
        args.queryBias = queryBiasBuffer.view();
        args.keyBias = keyBiasBuffer.view();
        args.valueBias = valueBiasBuffer.view();
    }
    args.queryRows = query;
    args.keyRows = keys;
    args.headSize = h.turn >= 0 ? h.size : 2;
    args.capacity = h.capacity;
    args.ring = h.ring;
    const GuardedBuffer turns(device, ropeTurns({std::max(h.rotated, 2u)}));
    if (h.turn >= 0) {
        args.turns = turns.view();
        args.rotated = h.rotated;
        args.pairing = static_cast<RopePairing>(h.turn);
    }
    runOnce(device, [&](CommandList& commands) { recordQkvProduct(commands, device, parts, args); });

    const std::string wrong = difference(expectedQuery, out.floats(), query, kLimits);
    QVERIFY2(wrong.empty(), wrong.c_str());
    for (const bool isKey : {true, false}) {
        GuardedBuffer& cache = isKey ? keyCache : valueCache;
        const std::vector<double>& expected = isKey ? expectedKeys : expectedValues;
        for (std::uint32_t t = 0; t < h.batch; ++t) {
            const std::uint32_t position = h.position + t;
            if (!h.ring && position >= h.capacity) continue;
            const auto bytes = cache.bytes().subspan(std::size_t{position % h.capacity} * keys * 2, keys * 2);
            std::vector<float> stored(keys);
            formatByName("F16")->dequantize(bytes.data(), stored.data(), keys);
            const std::vector<double> row(expected.begin() + t * keys, expected.begin() + (t + 1) * keys);
            const std::string wrongRow = difference(row, stored, keys, kLimits);
            QVERIFY2(wrongRow.empty(), (wrongRow + (isKey ? " in keys" : " in values")).c_str());
        }
        QVERIFY(cache.guardsIntact());
    }
    QVERIFY(out.guardsIntact() && input.guardsIntact());
}

void TestRowProduct::expertsOfAToken() {
    constexpr std::uint32_t kCount = 5, kUsed = 3, kRows = 18, kColumns = 256;
    Device& device = m_gpu.device();
    const Format& format = *formatByName("Q4_K");
    Random random(5);
    const auto file = randomWeights(random, format, 2 * kCount * kRows, kColumns);
    const auto values = dequantized(format, file);
    const auto matrix = [&](std::uint32_t number) {  // the gates of all experts, then their `up`
        return std::span(values).subspan(std::size_t{number} * kRows * kColumns, std::size_t{kRows} * kColumns);
    };
    const std::vector<float> chosen{4, 0, 2}, shares{0.5f, 0.3f, 0.2f};
    const auto gateBias = unkindActivations(random, kCount, kRows), upBias = unkindActivations(random, kCount, kRows);
    const auto biasOf = [&](const std::vector<float>& all, float expert) {
        return std::span(all).subspan(static_cast<std::size_t>(expert) * kRows, kRows);
    };
    const Input one(device, random, 1, kColumns, NormCase::rms), each(device, random, kUsed, kColumns, NormCase::none);
    const auto residual = unkindActivations(random, 1, kRows);
    std::vector<double> gated, sum = toDouble(residual), row(kRows), up(kRows);
    const std::vector<double> separate = each.expected(format);
    for (std::size_t i = 0; i < kUsed; ++i) {
        const auto expert = static_cast<std::uint32_t>(chosen[i]);
        reference::matmul(matrix(expert), kColumns, biasOf(gateBias, chosen[i]), one.expected(format), row);
        reference::matmul(matrix(kCount + expert), kColumns, biasOf(upBias, chosen[i]), one.expected(format), up);
        for (std::size_t r = 0; r < kRows; ++r) gated.push_back(reference::silu(row[r]) * up[r]);
        reference::matmul(matrix(expert), kColumns, biasOf(gateBias, chosen[i]),
                          std::span(separate).subspan(i * kColumns, kColumns), row);
        for (std::size_t r = 0; r < kRows; ++r) sum[r] += static_cast<double>(shares[i]) * row[r];
    }

    const WeightMatrix both = guardedWeights(device, format, 2 * kCount * kRows, kColumns, file);
    const WeightMatrix gates =
        guardedWeights(device, format, kCount * kRows, kColumns, std::span(file).first(file.size() / 2));
    const GuardedBuffer chosenBuffer(device, chosen), sharesBuffer(device, shares), residualBuffer(device, residual),
        gateBuffer(device, gateBias), upBuffer(device, upBias);
    GuardedBuffer gatedOut(device, gated.size() * 4), sumOut(device, sum.size() * 4);
    const TokenExperts experts{chosenBuffer.view(), kUsed, kCount};
    runOnce(device, [&](CommandList& commands) {
        recordExpertGateProduct(commands, device, both,
                                {one.args(), experts, gatedOut.view(), gateBuffer.view(), upBuffer.view()});
        recordExpertSumProduct(
            commands, device, gates,
            {each.args().in, experts, sharesBuffer.view(), residualBuffer.view(), sumOut.view(), gateBuffer.view()});
    });
    const std::string wrong = difference(gated, gatedOut.floats(), kRows, kLimits);
    QVERIFY2(wrong.empty(), wrong.c_str());
    const std::string wrongSum = difference(sum, sumOut.floats(), kRows, kLimits);
    QVERIFY2(wrongSum.empty(), wrongSum.c_str());
    QVERIFY(gatedOut.guardsIntact() && sumOut.guardsIntact() && one.guardsIntact() && each.guardsIntact());
}

void TestRowProduct::isNotTakenForRowsThatDoNotFit() {
    const DeviceInfo& info = m_gpu.device().info();
    const Format& format = *formatByName("Q4_0");
    QVERIFY(canMultiplyRows(info, format, 4096));
    QVERIFY(!canMultiplyRows(info, format, info.limits.maxSharedMemoryBytes));
    DeviceInfo without = info;
    without.features.integerDot = false;
    QVERIFY(!canMultiplyRows(without, format, 4096));
}

QTEST_GUILESS_MAIN(TestRowProduct)
#include "tst_row_product.moc"

// Storing into the cache and attention over it, against the reference.
//
// Limits. Scores are sums of headSize products in f32; an error e in a score changes its weight by the factor exp(e).
// Queries are kept at scores of at most some tens, so e is below 30 * 2^-22 or so, and exp() itself may be off by
// (3 + 2|x|) * 2^-24 (Vulkan): at |x| = 30 that is 4e-6. Weights that matter have small |x|. So a relative error of
// 4e-6 in a row and its square in the mean are what is to be expected at worst; a factor of two is room for the sums.
// The cache is f32, or f16 whose rounding the reference repeats (it reads the cache back), so the limits are the same.
#include "inference/reference/ops.h"
#include "tests/vulkan/kernels/attention_test.h"
#include "vulkan/formats/formats.h"
#include "vulkan/kernels/attention/attention.h"
#include "vulkan/kernels/step.h"
#include "vulkan/kernels/store_kv/store_kv.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace lares;
using namespace lares::vulkan;
using namespace lares::tests;
namespace reference = lares::inference::reference;

namespace {

constexpr Limits kLimits{.nmse = 1e-11, .rowError = 1e-5};

}  // namespace

class TestAttention : public QObject {
    Q_OBJECT

 private slots:
    void cleanup() { QVERIFY2(m_gpu.takeMessages().empty(), m_gpu.lastMessages().c_str()); }

    void equalsReference_data();
    void equalsReference();
    void equalsReferenceInEveryGrouping_data();
    void equalsReferenceInEveryGrouping();
    void oneListServesEveryPosition_data();
    void oneListServesEveryPosition();
    void largeScoresDoNotOverflow();
    void storingKeepsToItsRows_data();
    void storingKeepsToItsRows();

 private:
    VulkanTest m_gpu;
};

void TestAttention::equalsReference_data() {
    QTest::addColumn<AttentionCase>("c");
    const auto row = [](const AttentionCase& c) { QTest::newRow(attentionCaseName(c).c_str()) << c; };
    // Head sizes, groupings from 1 to 8, one row and several, around blocks and parts (64 positions or more).
    row({1, 8, 4, 8, 0, 16, CacheType::f32, 1});
    row({1, 8, 4, 8, 7, 512, CacheType::f16, 1});
    row({5, 8, 4, 8, 3, 16, CacheType::f16, 5});
    row({1, 9, 3, 64, 31, 300, CacheType::f16, 1});
    row({1, 9, 3, 64, 255, 1024, CacheType::f16, 1});
    row({1, 9, 3, 64, 256, 1024, CacheType::f16, 1});
    row({1, 9, 3, 64, 700, 701, CacheType::f32, 1});
    row({4, 9, 3, 64, 509, 1024, CacheType::f32, 4});
    row({17, 9, 3, 64, 20, 64, CacheType::f16, 17});
    row({33, 2, 2, 80, 0, 40, CacheType::f32, 33});
    row({1, 2, 2, 80, 33, 600, CacheType::f16, 1});
    row({3, 4, 1, 96, 254, 400, CacheType::f16, 3});
    row({1, 16, 2, 128, 63, 128, CacheType::f16, 1});
    row({9, 16, 2, 128, 64, 128, CacheType::f32, 9});
    row({1, 7, 1, 128, 300, 512, CacheType::f32, 1});
    row({2, 4, 2, 256, 16, 32, CacheType::f16, 2});
    row({1, 1, 1, 4, 1, 2, CacheType::f32, 1});
    row({8, 14, 2, 64, 250, 512, CacheType::f16, 5});
    row({40, 4, 2, 64, 0, 40, CacheType::f16, 23});
    // Windows: not yet full, just full, past it; the ring as short as it may be, and with room; one part and several.
    row({1, 4, 2, 64, 3, 16, CacheType::f32, 1, 16});
    row({1, 4, 2, 64, 15, 16, CacheType::f32, 1, 16});
    row({1, 4, 2, 64, 16, 16, CacheType::f32, 1, 16});
    row({1, 4, 2, 64, 1000, 16, CacheType::f16, 1, 16});
    row({1, 4, 2, 64, 1000, 1100, CacheType::f16, 1, 16});
    row({8, 4, 2, 64, 100, 27, CacheType::f32, 8, 20});
    row({8, 4, 2, 64, 100, 27, CacheType::f16, 5, 20});
    row({40, 4, 1, 80, 0, 47, CacheType::f32, 40, 8});
    row({40, 4, 1, 80, 77, 47, CacheType::f16, 31, 8});
    row({5, 8, 4, 8, 61, 5, CacheType::f32, 5, 1});
    row({1, 9, 3, 64, 2000, 600, CacheType::f16, 1, 600});
    row({3, 9, 3, 64, 777, 1024, CacheType::f32, 3, 300});
    row({8, 2, 2, 128, 5000, 1031, CacheType::f16, 8, 1024});
    row({8, 2, 2, 128, 300, 1031, CacheType::f16, 7, 1024});
    // Soft caps, alone and with a window.
    row({1, 4, 2, 64, 700, 701, CacheType::f16, 1, 0, 5});
    row({17, 4, 4, 96, 30, 64, CacheType::f32, 17, 0, 50});
    row({9, 8, 2, 256, 130, 72, CacheType::f16, 9, 64, 20});
    // Not causal: every row sees all of the batch, and nothing of the rows that are not in use.
    row({1, 4, 4, 32, 0, 16, CacheType::f32, 1, 0, 0, false});
    row({7, 12, 12, 32, 0, 512, CacheType::f32, 7, 0, 0, false});
    row({8, 4, 2, 64, 0, 700, CacheType::f16, 5, 0, 0, false});
    row({6, 4, 2, 64, 300, 700, CacheType::f16, 6, 0, 0, false});
    row({33, 2, 2, 80, 0, 40, CacheType::f16, 33, 0, 0, false});
    row({40, 4, 1, 64, 0, 40, CacheType::f32, 23, 0, 30, false});
    row({300, 1, 1, 16, 0, 300, CacheType::f32, 300, 0, 0, false});
    // Sinks: one part and several, with windows, of which some parts hold nothing for some rows; slopes; and all at
    // once.
    row({1, 8, 2, 64, 0, 16, CacheType::f32, 1, 0, 0, true, true});
    row({1, 8, 2, 64, 1000, 1024, CacheType::f16, 1, 0, 0, true, true});
    row({8, 6, 2, 64, 1000, 1031, CacheType::f16, 8, 128, 0, true, true});
    row({8, 6, 2, 64, 700, 1031, CacheType::f32, 5, 300, 0, true, true});
    row({3, 4, 2, 64, 600, 1024, CacheType::f32, 3, 255, 0, true, true});
    row({40, 4, 1, 80, 77, 47, CacheType::f16, 31, 8, 0, true, true});
    row({33, 4, 2, 96, 5, 64, CacheType::f32, 33, 0, 0, true, true});
    row({1, 12, 12, 64, 700, 701, CacheType::f32, 1, 0, 0, true, false, true});
    row({7, 12, 12, 32, 0, 512, CacheType::f32, 7, 0, 0, false, false, true});
    row({8, 4, 2, 64, 0, 700, CacheType::f16, 5, 0, 0, false, false, true});
    row({300, 6, 6, 16, 0, 300, CacheType::f16, 300, 0, 0, false, false, true});
    row({9, 8, 2, 256, 130, 72, CacheType::f16, 9, 64, 20, true, true, true});
    // As many parts as on a large device: one in use, the edge to two, all of them, lengths that are no multiple of a
    // block, rows of which some see nothing in the last part, windows.
    const auto many = [&](AttentionCase c) {
        c.manyParts = true;
        row(c);
    };
    many({1, 8, 2, 64, 0, 5000, CacheType::f16, 1});
    many({1, 8, 2, 64, 63, 5000, CacheType::f16, 1});
    many({1, 8, 2, 64, 64, 5000, CacheType::f16, 1});
    many({1, 2, 1, 64, 4095, 4096, CacheType::f16, 1});
    many({1, 2, 1, 64, 4096, 5000, CacheType::f16, 1});
    many({1, 2, 1, 64, 4999, 5000, CacheType::f32, 1});
    many({1, 16, 2, 128, 2500, 2600, CacheType::f16, 1});
    many({8, 4, 2, 64, 60, 5000, CacheType::f16, 8});
    many({8, 4, 2, 64, 2044, 2100, CacheType::f32, 6});
    many({6, 4, 2, 32, 300, 700, CacheType::f16, 6, 0, 0, false});
    many({8, 6, 2, 64, 1000, 1031, CacheType::f16, 8, 128, 0, true, true});
    many({3, 6, 2, 64, 3000, 1031, CacheType::f16, 3, 1000, 30, true, true, true});
    many({1, 300, 300, 4, 200, 300, CacheType::f16, 1});  // more heads than workgroups are wanted
}

void TestAttention::equalsReferenceInEveryGrouping_data() {
    QTest::addColumn<AttentionCase>("c");
    // Every grouping from 1 to 16 with every count of rows that may be in parts, and every head size with one of them.
    for (std::uint32_t group = 1; group <= 16; ++group) {
        const std::uint32_t rows = (group * 5 + 2) % 8 + 1;
        QTest::addRow("group of %u, %u rows", group, rows)
            << AttentionCase{rows, 2 * group, 2, 24, 150, 200, CacheType::f16, rows};
    }
    for (std::uint32_t size = 4; size <= 256; size += size < 64 ? 4 : 28) {
        const CacheType type = size % 3 == 0 ? CacheType::f32 : CacheType::f16;
        QTest::addRow("size %u", size) << AttentionCase{size % 3 + 1, 3, 1, size, 140, 200, type, size % 3 + 1};
    }
}

void TestAttention::equalsReferenceInEveryGrouping() {
    equalsReference();
}

void TestAttention::equalsReference() {
    QFETCH(AttentionCase, c);
    const std::string wrong = attentionDifference(m_gpu.device(), c, kLimits);
    QVERIFY2(wrong.empty(), wrong.c_str());
}

void TestAttention::oneListServesEveryPosition_data() {
    QTest::addColumn<std::uint32_t>("capacity");
    QTest::addColumn<std::uint32_t>("window");
    QTest::newRow("all positions") << 300u << 0u;
    QTest::newRow("window") << 37u << 37u;
    QTest::newRow("window of parts") << 270u << 265u;
}

/// Store and attend, recorded once, submitted for one position after the other: as decoding does.
void TestAttention::oneListServesEveryPosition() {
    Device& device = m_gpu.device();
    QFETCH(std::uint32_t, capacity);
    QFETCH(std::uint32_t, window);
    constexpr std::uint32_t kHeads = 4, kHeadsKv = 2, kSize = 8, kPositions = 300, kWidth = 32, kKvWidth = 16;
    GuardedBuffer query(device, kWidth * 4), key(device, kKvWidth * 4), value(device, kKvWidth * 4);
    GuardedBuffer keys(device, capacity * kKvWidth * 4), values(device, capacity * kKvWidth * 4);
    GuardedBuffer out(device, kWidth * 4), step(device, sizeof(StepParams));
    const AttentionShape shape{1, kHeads, kHeadsKv, kSize, capacity, window};
    AttentionScratch scratch(device, shape);
    CommandList commands(device, "step");
    recordStoreKv(commands, device,
                  {.keys = key.view(),
                   .values = value.view(),
                   .keyCache = keys.view(),
                   .valueCache = values.view(),
                   .step = step.view(),
                   .rows = 1,
                   .width = kKvWidth,
                   .capacity = capacity,
                   .cacheType = CacheType::f32,
                   .ring = window > 0});
    recordAttention(commands, device,
                    {.query = query.view(),
                     .keyCache = keys.view(),
                     .valueCache = values.view(),
                     .out = out.view(),
                     .scratch = scratch.view(),
                     .step = step.view(),
                     .shape = shape,
                     .scale = 0.35f,
                     .cacheType = CacheType::f32});
    commands.finish();

    Random random(5);
    std::vector<double> allKeys, allValues;
    const auto put = [](GuardedBuffer& buffer, const std::vector<float>& numbers) {
        std::memcpy(buffer.bytes().data(), numbers.data(), numbers.size() * 4);
    };
    for (std::uint32_t position = 0; position < kPositions; ++position) {
        const auto q = unkindActivations(random, 1, kWidth);
        std::vector<float> k(kKvWidth), v(kKvWidth);
        for (float& number : k) number = 0.02f * random.uniform();
        for (float& number : v) number = random.uniform();
        allKeys.insert(allKeys.end(), k.begin(), k.end());
        allValues.insert(allValues.end(), v.begin(), v.end());
        put(query, q), put(key, k), put(value, v);
        const StepParams params{position, 1};
        std::memcpy(step.bytes().data(), &params, sizeof params);
        device.wait(device.submit(commands));
        std::vector<double> expected(kWidth);
        reference::attention(toDouble(q), allKeys, allValues,
                             {kHeads, kHeadsKv, kSize, static_cast<double>(0.35f), window}, position, expected);
        const std::string wrong = difference(expected, out.floats(), kSize, kLimits);
        QVERIFY2(wrong.empty(), (std::to_string(position) + ": " + wrong).c_str());
        QVERIFY(scratch.intact());
    }
}

/// Scores of some ten thousand: exp() of them would be infinite, and the largest takes all.
void TestAttention::largeScoresDoNotOverflow() {
    Device& device = m_gpu.device();
    constexpr std::uint32_t kSize = 64, kPositions = 50;
    std::vector<float> query(kSize, 100.0f), keys(kPositions * kSize), values(kPositions * kSize);
    for (std::uint32_t p = 0; p < kPositions; ++p) {
        for (std::uint32_t i = 0; i < kSize; ++i) {
            keys[p * kSize + i] = p == 20 ? 2.0f : -2.0f;
            values[p * kSize + i] = static_cast<float>(p * 100 + i);
        }
    }
    const std::vector<std::uint32_t> step{kPositions - 1, 1};
    const AttentionShape shape{1, 1, 1, kSize, kPositions};
    GuardedBuffer q(device, query), k(device, keys), v(device, values), out(device, kSize * 4), s(device, step);
    AttentionScratch scratch(device, shape);
    runOnce(device, [&](CommandList& commands) {
        recordAttention(commands, device,
                        {.query = q.view(),
                         .keyCache = k.view(),
                         .valueCache = v.view(),
                         .out = out.view(),
                         .scratch = scratch.view(),
                         .step = s.view(),
                         .shape = shape,
                         .scale = 1.0f,
                         .cacheType = CacheType::f32});
    });
    const auto actual = out.floats();
    for (std::uint32_t i = 0; i < kSize; ++i) QCOMPARE(actual[i], static_cast<float>(2000 + i));
}

void TestAttention::storingKeepsToItsRows_data() {
    QTest::addColumn<bool>("half");
    QTest::addColumn<std::uint32_t>("position");
    QTest::addColumn<std::uint32_t>("tokenCount");
    for (const bool half : {false, true}) {
        for (const std::uint32_t position : {0u, 3u, 8u, 11u}) {  // the last two reach past the capacity
            for (const std::uint32_t tokenCount : {1u, 4u, 5u}) {
                QTest::addRow("half=%d position=%u tokenCount=%u", half, position, tokenCount)
                    << half << position << tokenCount;
            }
        }
    }
}

void TestAttention::storingKeepsToItsRows() {
    QFETCH(bool, half);
    QFETCH(std::uint32_t, position);
    QFETCH(std::uint32_t, tokenCount);
    constexpr std::uint32_t kRows = 5, kWidth = 20, kCapacity = 12;
    const CacheType type = half ? CacheType::f16 : CacheType::f32;
    Device& device = m_gpu.device();
    Random random(position * 10 + tokenCount);
    auto keys = unkindActivations(random, kRows, kWidth), values = unkindActivations(random, kRows, kWidth);
    keys[3] = 1e6f;  // past the range of f16: stored as its largest
    values[4] = -1e6f;
    const std::vector<std::uint32_t> step{position, tokenCount};
    const std::uint64_t bytes = kCapacity * kWidth * cacheTypeBytes(type);
    GuardedBuffer k(device, keys), v(device, values), keyCache(device, bytes), valueCache(device, bytes),
        s(device, step);
    runOnce(device, [&](CommandList& commands) {
        recordStoreKv(commands, device,
                      {.keys = k.view(),
                       .values = v.view(),
                       .keyCache = keyCache.view(),
                       .valueCache = valueCache.view(),
                       .step = s.view(),
                       .rows = kRows,
                       .width = kWidth,
                       .capacity = kCapacity,
                       .cacheType = type});
    });
    const auto check = [&](GuardedBuffer& cache, const std::vector<float>& source) {
        const auto stored = cacheNumbers(cache, type);
        for (std::uint32_t i = 0; i < stored.size(); ++i) {
            const std::uint32_t row = i / kWidth;
            if (row < position || row >= position + tokenCount) {
                QVERIFY(std::isnan(stored[i]));
                continue;
            }
            const auto want = static_cast<double>(source[(row - position) * kWidth + i % kWidth]);
            if (type == CacheType::f32) {
                QCOMPARE(stored[i], want);
            } else {
                // Half precision has 11 bits; rounding is to the nearest or to zero, as the device has it. Subnormal
                // numbers end at 2^-24.
                const double held = std::clamp(want, -65504.0, 65504.0);
                QVERIFY(std::abs(stored[i] - held) <= std::max(std::abs(held) * 0x1p-10, 0x1p-24));
            }
        }
        QVERIFY(cache.guardsIntact());
    };
    check(keyCache, keys);
    check(valueCache, values);
}

QTEST_GUILESS_MAIN(TestAttention)
#include "tst_attention.moc"

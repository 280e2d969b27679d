// Attention with cooperative matrices against the reference: without validation, whose layer may be older than the
// extension. On a device without cooperative matrices there is one thing to see: it says so.
//
// Limits. Queries are rounded to f16, by up to 2^-11 of each number, some 3e-4 on average: a score of 20 is a sum of
// products with random signs and is off by about as much of its own size, so by 6e-3 at worst, and a weight by that
// factor. Weights are rounded by 3e-4 themselves. A row whose softmax is nearly even is off by far less; the case in
// which two large scores compete decides: an NMSE of 1e-5 and a row's error of 1e-2.
#include "tests/support/keep_drivers.h"
#include "tests/vulkan/kernels/attention_test.h"
#include "vulkan/runtime/error.h"

#include <QTest>

using namespace lares;
using namespace lares::vulkan;
using namespace lares::tests;

namespace {

constexpr Limits kLimits{.nmse = 1e-5, .rowError = 1e-2};

}  // namespace

class TestAttentionCoop : public QObject {
    Q_OBJECT

 private slots:
    void initTestCase() { keepDriversLoaded(); }

    void equalsReference_data();
    void equalsReference();
    void missingMatricesAreSaid();

 private:
    Instance m_instance;
    Device m_device{m_instance, m_instance.preferredDevice()};
};

void TestAttentionCoop::equalsReference_data() {
    QTest::addColumn<AttentionCase>("c");
    if (!m_device.info().features.cooperativeMatrix) return;
    const auto row = [](AttentionCase c) {
        c.kernel = AttentionKernel::cooperative;
        QTest::newRow(attentionCaseName(c).c_str()) << c;
    };
    // Around the 32 or 64 queries of a workgroup and the blocks of 32 positions; rows not in use; a full cache.
    row({9, 4, 2, 16, 0, 64, CacheType::f16, 9});
    row({33, 3, 3, 32, 0, 40, CacheType::f16, 33});
    row({32, 3, 1, 16, 0, 32, CacheType::f16, 32});
    row({65, 2, 1, 48, 31, 200, CacheType::f16, 50});
    row({17, 16, 2, 128, 300, 512, CacheType::f16, 17});
    row({1, 8, 2, 16, 70, 128, CacheType::f16, 1});
    row({130, 7, 1, 32, 0, 200, CacheType::f16, 130});
    // Windows, soft caps, not causal, sinks, slopes (the scores of a row grow from block to block), and all at once.
    row({40, 4, 1, 32, 77, 47, CacheType::f16, 31, 8});
    row({40, 4, 2, 16, 300, 170, CacheType::f16, 40, 100});
    row({17, 4, 4, 32, 30, 64, CacheType::f16, 17, 0, 50});
    row({40, 4, 1, 16, 0, 40, CacheType::f16, 23, 0, 30, false});
    row({33, 4, 2, 32, 5, 64, CacheType::f16, 33, 0, 0, true, true});
    row({70, 6, 6, 16, 0, 100, CacheType::f16, 70, 0, 0, false, false, true});
    row({70, 6, 6, 16, 0, 100, CacheType::f16, 70, 0, 0, true, false, true});
    row({20, 8, 2, 64, 130, 90, CacheType::f16, 20, 64, 20, true, true, true});
}

void TestAttentionCoop::equalsReference() {
    if (!m_device.info().features.cooperativeMatrix) return;
    QFETCH(AttentionCase, c);
    const std::string wrong = attentionDifference(m_device, c, kLimits);
    QVERIFY2(wrong.empty(), wrong.c_str());
}

void TestAttentionCoop::missingMatricesAreSaid() {
    DeviceOptions without;
    without.cooperativeMatrices = false;
    Device device(m_instance, m_instance.preferredDevice(), without);
    AttentionCase c{9, 4, 2, 64, 0, 64, CacheType::f16, 9};
    c.kernel = AttentionKernel::cooperative;
    QVERIFY_EXCEPTION_THROWN(attentionDifference(device, c, kLimits), Error);
}

QTEST_GUILESS_MAIN(TestAttentionCoop)
#include "tst_attention_coop.moc"

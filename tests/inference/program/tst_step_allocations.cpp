// A step asks for no memory once its size has been seen: generation runs thousands of them a second. No validation
// layers here, because they do.
#include "tests/inference/gguf/allocation_meter.h"
#include "tests/inference/program/model_session.h"
#include "tests/support/gguf_writer.h"
#include "tests/support/keep_drivers.h"
#include "vulkan/runtime/instance.h"

#include <QTemporaryDir>
#include <QTest>

using namespace lares;
using namespace lares::inference;

namespace {

/// Of one token and of three, forwards and backwards.
std::size_t allocationsOfSteps(Context& context) {
    constexpr std::array<TokenId, 3> kTokens{7, 8, 9};
    const auto steps = [&] {
        for (TokenId token = 5; token < 25; ++token) {
            context.append(token);
            context.append(kTokens);
            context.truncate(context.length() - 2);
        }
    };
    context.prefill(kTokens, {}, {});
    steps();
    const std::size_t before = test::allocationCount();
    steps();
    return test::allocationCount() - before;
}

}  // namespace

class TestStepAllocations : public QObject {
    Q_OBJECT

 private slots:
    void initTestCase() { test::writeTinyLlama(m_path, {.type = 8}); }

    void meterCounts() {
        const std::size_t before = test::allocationCount();
        const auto one = std::make_unique<int>(1);
        QVERIFY(one && test::allocationCount() == before + 1);
    }
    void onADevice() {
        vulkan::Instance instance;
        vulkan::Device device(instance, instance.preferredDevice());
        tests::keepDriversLoaded();
        tests::ModelSession model(device, m_path, {128, 32, CacheType::f16});
        QCOMPARE(allocationsOfSteps(model.context), std::size_t{0});
        const auto commands = model.session->commandsPerToken();
        QVERIFY(commands && commands->dispatches > 10 && commands->barriers > 10);
        QVERIFY(commands->barriers < commands->dispatches);
    }
    void onTheProcessor() {
        cpu::ThreadPool pool(2);
        tests::ModelSession model(pool, m_path, {128, 32, CacheType::f16});
        QCOMPARE(allocationsOfSteps(model.context), std::size_t{0});
        QVERIFY(!model.session->commandsPerToken().has_value());
    }

 private:
    QTemporaryDir m_folder;
    const std::filesystem::path m_path = m_folder.filePath("model.gguf").toStdString();
};

QTEST_GUILESS_MAIN(TestStepAllocations)
#include "tst_step_allocations.moc"

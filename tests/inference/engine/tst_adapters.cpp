// LoRA adapters through the engine: changing them while the model stays, what the cache forgets, what a file that is no
// good leaves as it was, and what they cost. That they compute the right thing is tst_lora's business. Validation is
// on: any message is an Error.
#include "inference/engine/loaded_model.h"
#include "tests/inference/engine/ask.h"
#include "tests/support/tiny_adapter.h"
#include "tests/support/vulkan_test.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>

using namespace lares;
using namespace lares::inference;
using tests::ask;
using tests::checkedEngine;
using tests::greedy;

namespace {

using Tokens = std::vector<TokenId>;

std::optional<ErrorKind> refusal(const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        qInfo() << error.what();
        return error.kind();
    }
    return std::nullopt;
}

}  // namespace

class TestAdapters : public QObject {
    Q_OBJECT

 private slots:
    void initTestCase() {
        test::writeTinyLlama(m_model, {.type = 2});
        test::writeTinyAdapter(m_one, m_model);
        test::writeTinyAdapter(m_other, m_model, {.rank = 16, .type = 1, .seed = 2});
        test::writeTinyAdapter(m_large, m_model, {.rank = 256});
        m_engine = checkedEngine();
        QVERIFY(m_engine->load({m_model}, {}, {}).has_value());
    }
    void init() { m_engine->setAdapters({}); }
    void cleanupTestCase() { m_engine.reset(); }

    void changesWithoutLoadingAgain();
    void theCacheForgets();
    void otherScalesReadNoFile();
    void loadsWithAdapters();
    void aBadFileChangesNothing();
    void needsAModel();
    void memoryIsGivenBack();
    void memoryThatIsNotThere();

 private:
    Tokens answer(Engine& engine) { return ask(engine, greedy("the man and the woman", 12)).finish.tokens; }
    std::filesystem::path file(const char* name) const { return m_folder.filePath(name).toStdString(); }

    QTemporaryDir m_folder;
    const std::filesystem::path m_model = file("model.gguf"), m_one = file("one.gguf"), m_other = file("other.gguf"),
                                m_large = file("large.gguf");
    std::unique_ptr<Engine> m_engine;
};

void TestAdapters::changesWithoutLoadingAgain() {
    const Tokens plain = answer(*m_engine);
    m_engine->setAdapters({{m_one, 1}});
    const Tokens one = answer(*m_engine);
    m_engine->setAdapters({{m_one, 1}, {m_other, 0.5f}});
    const Tokens both = answer(*m_engine);
    QVERIFY(plain != one && one != both && plain != both);

    m_engine->setAdapters({{m_one, 1}});
    QCOMPARE(answer(*m_engine), one);
    m_engine->setAdapters({{m_one, 0}});
    QCOMPARE(answer(*m_engine), plain);
    m_engine->setAdapters({{m_one, 0.5f}, {m_one, 0.5f}});  // once, in two halves
    QCOMPARE(answer(*m_engine), one);
    m_engine->setAdapters({});
    QCOMPARE(answer(*m_engine), plain);
}

void TestAdapters::theCacheForgets() {
    ask(*m_engine, greedy("the man", 2));
    QVERIFY(ask(*m_engine, greedy("the man", 2)).finish.stats.reusedTokens > 0);
    m_engine->setAdapters({{m_one, 1}});
    QCOMPARE(ask(*m_engine, greedy("the man", 2)).finish.stats.reusedTokens, 0u);
    QVERIFY(ask(*m_engine, greedy("the man", 2)).finish.stats.reusedTokens > 0);
}

void TestAdapters::otherScalesReadNoFile() {
    m_engine->setAdapters({{m_one, 1}});
    const Tokens one = answer(*m_engine);
    const std::filesystem::path first = file("first.gguf"), second = file("second.gguf");
    std::filesystem::copy_file(m_one, first);
    std::filesystem::copy_file(m_other, second);
    m_engine->setAdapters({{first, 0}, {second, 1}});
    const Tokens other = answer(*m_engine);
    QVERIFY(one != other);
    for (const auto& path : {first, second}) std::filesystem::resize_file(path, 0);  // not even a GGUF file now
    m_engine->setAdapters({{first, 1}, {second, 0}});
    QCOMPARE(answer(*m_engine), one);
    m_engine->setAdapters({{first, 0}, {second, 1}});
    QCOMPARE(answer(*m_engine), other);
    m_engine->setAdapters({});
    QVERIFY(refusal([&] { m_engine->setAdapters({{first, 1}}); }) == ErrorKind::badFile);
}

void TestAdapters::loadsWithAdapters() {
    m_engine->setAdapters({{m_other, 2}});
    const auto engine = checkedEngine();
    QVERIFY(engine->load({m_model, 0, {{m_other, 2}}}, {}, {}).has_value());
    QCOMPARE(answer(*engine), answer(*m_engine));
    engine->setAdapters({});
    m_engine->setAdapters({});
    QCOMPARE(answer(*engine), answer(*m_engine));

    QVERIFY_EXCEPTION_THROWN(engine->load({m_model, 0, {{file("none.gguf")}}}, {}, {}), Error);
    QVERIFY(!engine->loaded().has_value());
}

void TestAdapters::aBadFileChangesNothing() {
    m_engine->setAdapters({{m_one, 1}});
    const Tokens before = answer(*m_engine);
    const auto model = GgufFile::open(m_model);
    test::GgufWriter elsewhere;
    test::addAdapterKeys(elsewhere, "qwen2", 1);
    elsewhere.save(file("elsewhere.gguf"));
    test::GgufWriter incomplete = test::tinyAdapter(model);
    incomplete.tensor("output_norm.weight.lora_a", {256, 1}, 0, std::vector<std::byte>(1024));
    incomplete.save(file("incomplete.gguf"));
    const std::string whole = test::tinyAdapter(model).bytes();
    std::ofstream(file("short.gguf"), std::ios::binary) << whole.substr(0, whole.size() / 2);

    const auto refused = [&](const std::vector<Adapter>& adapters) {
        return refusal([&] { m_engine->setAdapters(adapters); });
    };
    QVERIFY(refused({{m_model, 1}}) == ErrorKind::badFile);
    QVERIFY(refused({{file("elsewhere.gguf"), 1}}) == ErrorKind::badRequest);
    QVERIFY(refused({{file("incomplete.gguf"), 1}}) == ErrorKind::badFile);
    QVERIFY(refused({{m_other, 1}, {file("short.gguf"), 1}}) == ErrorKind::badFile);
    QVERIFY(refused({{file("none.gguf"), 1}}) == ErrorKind::io);
    QVERIFY(refused({{m_one, INFINITY}}) == ErrorKind::badRequest);
    QVERIFY(refused({{m_one, 3e38f}}) == ErrorKind::badRequest);  // times alpha / rank, past the end of f32
    QVERIFY(refused({{file("incomplete.gguf"), 0}}) == ErrorKind::badFile);

    const auto after = ask(*m_engine, greedy("the man and the woman", 12)).finish;
    QCOMPARE(after.tokens, before);
    QVERIFY(after.stats.reusedTokens > 0);  // not even the cache was touched
}

void TestAdapters::needsAModel() {
    const auto engine = checkedEngine();
    QVERIFY(refusal([&] { engine->setAdapters({{m_one, 1}}); }) == ErrorKind::badRequest);
}

void TestAdapters::memoryIsGivenBack() {
    tests::VulkanTest gpu;
    VulkanBackend backend(gpu.device());
    const auto model = LoadedModel::load(backend, {{m_model}, false}, {}, {});
    const std::uint64_t plainBytes = model->bytesPerToken();
    std::vector<std::uint64_t> with, without;
    for (int round = 0; round < 6; ++round) {
        model->setAdapters({{m_large, 1}});
        with.push_back(gpu.device().allocatedBytes());
        QVERIFY(model->bytesPerToken() > plainBytes);
        model->setAdapters({});
        without.push_back(gpu.device().allocatedBytes());
        QCOMPARE(model->bytesPerToken(), plainBytes);
    }
    // Once everything has found its place nothing grows: what goes makes room for what comes.
    QCOMPARE(with.back(), with[1]);
    QCOMPARE(without.back(), without[1]);
    QVERIFY2(gpu.takeMessages().empty(), gpu.lastMessages().c_str());
}

/// As many adapters as it takes to need more than the device has: a sentence, before any of them is read.
void TestAdapters::memoryThatIsNotThere() {
    tests::VulkanTest gpu;
    VulkanBackend backend(gpu.device());
    const auto model = LoadedModel::load(backend, {{m_model}, false}, {}, {});
    const std::uint64_t before = gpu.device().allocatedBytes();
    const std::uint64_t count = gpu.device().freeMemoryBytes() / std::filesystem::file_size(m_large) + 1;
    if (count > 800) return;  // more files than a program may open; tst_lora has the arithmetic
    const std::vector<Adapter> adapters(count, Adapter{m_large, 1});
    QVERIFY(refusal([&] { model->setAdapters(adapters); }) == ErrorKind::outOfMemory);
    QCOMPARE(gpu.device().allocatedBytes(), before);
    const LoadOptions load{{m_model, 0, adapters}, false};
    QVERIFY(refusal([&] { LoadedModel::load(backend, load, {}, {}); }) == ErrorKind::outOfMemory);
    QCOMPARE(gpu.device().allocatedBytes(), before);
}

QTEST_GUILESS_MAIN(TestAdapters)
#include "tst_adapters.moc"

// Loading: progress, cancelling, one model in place of another, and files that are damaged, hostile or change under the
// reader. Whatever the file, there is an answer within a second, and the engine goes on working.
#include "inference/engine/loaded_model.h"
#include "tests/inference/engine/ask.h"
#include "tests/support/gguf_writer.h"
#include "tests/support/vulkan_test.h"

#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace lares;
using namespace lares::inference;
using tests::ask;
using tests::greedy;

namespace {

const QString kBadFiles = QString(LARES_SHARED_DIR) + "/data/gguf-bad/";

/// A word that the refusal of a file must contain, so that it is refused for the right reason.
const QHash<QString, QString> kReasons{
    {"04-version-0", "version"},
    {"06-version-4", "version"},
    {"24-n-dims-5", "dimension"},
    {"44-head-count-zero", "head_count is 0"},
    {"46-block-count-huge", "block_count is 4294967295"},
    {"48-shape-mismatch", "shape"},
    {"50-rms-eps-nan", "epsilon is nan"},
    {"52-unknown-architecture", "architecture is"},
};

}  // namespace

class TestEngineFiles : public QObject {
    Q_OBJECT

 private slots:
    void initTestCase() {
        test::writeTinyLlama(m_path, {.type = 2});
        m_engine = tests::checkedEngine();
        if (qEnvironmentVariableIsSet("LARES_REQUIRE_SHARED")) {
            QVERIFY2(QFile::exists(kBadFiles + "manifest.jsonl"), "the shared test data is not there");
        }
    }
    void cleanupTestCase() { m_engine.reset(); }

    void reportsProgress();
    void cancelLeavesNothing();
    void aSecondModelTakesThePlaceOfTheFirst();
    void unloadGivesTheMemoryBack();
    void aFileThatShrinksWhileItIsRead();
    void memoryThatIsNotThere();
    void badFiles_data();
    void badFiles();

 private:
    QTemporaryDir m_folder;
    const std::filesystem::path m_path = m_folder.filePath("model.gguf").toStdString();
    std::unique_ptr<Engine> m_engine;
};

void TestEngineFiles::reportsProgress() {
    std::vector<LoadProgress> progress;
    const auto info = m_engine->load({m_path, 0}, [&](const LoadProgress& p) { progress.push_back(p); }, {});
    QVERIFY(info.has_value());
    QCOMPARE(info->architecture, std::string("llama"));
    QVERIFY(progress.size() > 10);
    QCOMPARE(progress.back().bytesDone, progress.back().bytesTotal);
    QVERIFY(progress.front().bytesDone > 0 && progress.front().bytesDone < progress.back().bytesDone);
}

void TestEngineFiles::cancelLeavesNothing() {
    std::stop_source stop;
    std::uint64_t done = 0;
    const auto info = m_engine->load(
        {m_path, 0},
        [&](const LoadProgress& progress) {
            done = progress.bytesDone;
            stop.request_stop();
        },
        stop.get_token());
    QVERIFY(!info.has_value());
    QVERIFY(!m_engine->loaded().has_value());
    QVERIFY(done < std::filesystem::file_size(m_path) / 2);
}

void TestEngineFiles::aSecondModelTakesThePlaceOfTheFirst() {
    const std::filesystem::path other = m_folder.filePath("other.gguf").toStdString();
    test::writeTinyLlama(other, {.layers = 1, .type = 8, .seed = 2});
    QVERIFY(m_engine->load({m_path, 0}, {}, {}).has_value());
    const auto first = ask(*m_engine, greedy("the", 10)).finish.tokens;
    QVERIFY(m_engine->load({other, 0}, {}, {}).has_value());
    QCOMPARE(m_engine->loaded()->layerCount, 1u);
    QVERIFY(ask(*m_engine, greedy("the", 10)).finish.tokens != first);
    QVERIFY(m_engine->load({m_path, 0}, {}, {}).has_value());
    QCOMPARE(ask(*m_engine, greedy("the", 10)).finish.tokens, first);

    QVERIFY_EXCEPTION_THROWN(m_engine->load({m_folder.filePath("none.gguf").toStdString(), 0}, {}, {}), Error);
    QVERIFY(!m_engine->loaded().has_value());
}

void TestEngineFiles::unloadGivesTheMemoryBack() {
    tests::VulkanTest gpu;
    VulkanBackend backend(gpu.device());
    const auto load = [&] { return LoadedModel::load(backend, {{m_path, 0}, false}, {}, {}); };
    auto model = load();
    const std::uint64_t with = gpu.device().allocatedBytes();
    for (int round = 0; round < 3; ++round) {
        model.reset();
        QVERIFY(gpu.device().allocatedBytes() < with);
        model = load();
        QCOMPARE(gpu.device().allocatedBytes(), with);
    }
    model.reset();
    QVERIFY2(gpu.takeMessages().empty(), gpu.lastMessages().c_str());
}

void TestEngineFiles::aFileThatShrinksWhileItIsRead() {
    const std::filesystem::path path = m_folder.filePath("shrinks.gguf").toStdString();
    std::filesystem::copy_file(m_path, path, std::filesystem::copy_options::overwrite_existing);
    try {
        m_engine->load({path, 0}, [&](const LoadProgress&) { std::filesystem::resize_file(path, 20000); }, {});
        QFAIL("it loaded weights that are not there");
    } catch (const Error& error) {
        QVERIFY2(error.kind() == ErrorKind::io, error.what());
    }
    QVERIFY(!m_engine->loaded().has_value());
    QVERIFY(m_engine->load({m_path, 0}, {}, {}).has_value());
}

void TestEngineFiles::memoryThatIsNotThere() {
    // 2^24 positions of 2 layers x 2 x 4 heads x 32 numbers in f16: 16 GiB of cache for a toy.
    const std::filesystem::path path = m_folder.filePath("long.gguf").toStdString();
    test::writeTinyLlama(path, {.contextLength = 1u << 24});
    const auto usual = m_engine->load({path, 0}, {}, {});
    QVERIFY(usual.has_value());
    QCOMPARE(m_engine->contextLength(), 4096u);
    const auto longest = [&] { return m_engine->load({path, 1u << 24}, {}, {}); };
    try {
        const auto info = longest();  // a device that cannot address that much says so
        QVERIFY(m_engine->contextLength() < 1u << 24);
        QVERIFY(!info->warnings.empty());
    } catch (const Error& error) {
        QVERIFY2(error.kind() == ErrorKind::outOfMemory, error.what());
        QVERIFY2(QString(error.what()).contains("free"), error.what());
    }
}

void TestEngineFiles::badFiles_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("expect");
    QFile manifest(kBadFiles + "manifest.jsonl");
    if (!manifest.open(QIODevice::ReadOnly)) {
        QTest::newRow("no shared data on this machine") << QString() << QString();
        return;
    }
    while (!manifest.atEnd()) {
        const QJsonObject one = QJsonDocument::fromJson(manifest.readLine()).object();
        QTest::newRow(qPrintable(one["file"].toString())) << one["file"].toString() << one["expect"].toString();
    }
}

void TestEngineFiles::badFiles() {
    QFETCH(QString, file);
    QFETCH(QString, expect);
    if (file.isEmpty()) return;                                // initTestCase has judged that
    QVERIFY(m_engine->load({m_path, 0}, {}, {}).has_value());  // compiles what a load compiles
    QString refusal;
    std::optional<ModelInfo> info;
    QElapsedTimer timer;
    timer.start();
    try {
        info = m_engine->load({(kBadFiles + file).toStdString(), 0}, {}, {});
    } catch (const Error& error) {
        refusal = error.what();
    }
    QVERIFY2(timer.elapsed() < 1000, qPrintable(QString::number(timer.elapsed())));
    qInfo().noquote() << (info ? "loaded" : refusal);

    if (expect == "load" || expect.startsWith("load_sanitised") || expect == "load_but_template_limited") {
        QVERIFY2(info.has_value(), qPrintable(refusal));
    }
    if (expect == "reject") QVERIFY(!info.has_value());
    if (!info) {
        QVERIFY(!m_engine->loaded().has_value());
        QVERIFY(refusal.size() > 20);
        QVERIFY2(refusal.contains(kReasons.value(file.chopped(5))), qPrintable(refusal));
        return;
    }
    if (expect == "load_with_warning_or_reject") QVERIFY(!info->warnings.empty());
    if (expect == "load_sanitised") {
        const QString name = QString::fromStdString(info->name);
        for (const QChar c : name) QVERIFY(c.isPrint() && c.category() != QChar::Other_Format);
    }
    // A loaded one answers, or says in a sentence why not, and neither takes long.
    timer.restart();
    GenerateRequest request = greedy({}, 3);
    request.raw = false;
    request.messages = {{Role::user, "a"}};
    try {
        ask(*m_engine, request);
        if (expect == "load_but_template_limited") QFAIL("the hostile template was rendered");
    } catch (const Error& error) {
        QVERIFY2(QString(error.what()).size() > 20, error.what());
        if (expect == "load_but_template_limited") QVERIFY2(error.kind() == ErrorKind::badTemplate, error.what());
    }
    QVERIFY2(timer.elapsed() < 6000, qPrintable(QString::number(timer.elapsed())));
}

QTEST_GUILESS_MAIN(TestEngineFiles)
#include "tst_engine_files.moc"

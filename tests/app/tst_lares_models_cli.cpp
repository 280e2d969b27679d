// `lares models` and `lares network-log` as a person in a terminal sees them, against a hub of our own.
#include "storage/stores/stores.h"
#include "tests/support/gguf_writer.h"
#include "tests/support/local_hub.h"

#include <csignal>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace lares;
using namespace lares::test;

namespace {

struct Outcome {
    int code = -1;
    QByteArray out, error;
    QJsonDocument json() const { return QJsonDocument::fromJson(out); }
};

}  // namespace

class TestLaresModelsCli : public QObject {
    Q_OBJECT

 private slots:
    void initTestCase() {
        qputenv("ASAN_OPTIONS", "detect_leaks=0");
        TinyLlamaOptions options;
        options.contextLength = 160;
        const QString path = m_folder.filePath("tiny.gguf");
        writeTinyLlama(path.toStdString(), options);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        HubRepository repository;
        repository.name = "owner/tiny-GGUF";
        repository.files = {{"tiny-F32.gguf", bytes.size(), 1, {}, {}, bytes}, {"tiny-Q8_0.gguf", 3'000'000, 2}};
        m_hub.add(repository);
    }
    void init() {
        m_profile = m_folder.filePath(QString(QTest::currentTestFunction()));
        QVERIFY(QDir().mkpath(m_profile));
        storage::Stores open(storage::Database::open(m_profile.toStdString() + "/lares.db"));
        open.settings.set("network.hub", "[\"" + m_hub.url().toString().toStdString() + "\"]");
        open.settings.set("network.proxy", "[\"none\"]");
        m_hub.setFaults({});
        m_hub.forgetRequests();
    }

    void searched() {
        const Outcome outcome = run({"models", "search", "tiny", "--json"});
        QVERIFY2(outcome.code == 0, outcome.error.constData());
        QCOMPARE(outcome.json().array().first().toObject()["repository"].toString(), QString("owner/tiny-GGUF"));
        QVERIFY(run({"models", "search", "tiny"}).out.contains("owner/tiny-GGUF  1000 downloads  apache-2.0"));
    }

    void downloadedAndKnown() {
        const Outcome outcome = run({"models", "download", "owner/tiny-GGUF:F32", "--json"});
        QVERIFY2(outcome.code == 0, outcome.error.constData());
        const QString path = outcome.json().object()["path"].toString();
        QCOMPARE(path, m_profile + "/models/owner/tiny-GGUF/tiny-F32.gguf");
        QVERIFY(outcome.error.contains("tiny-GGUF, F32"));  // its progress
        const QJsonArray models = run({"models", "list", "--json"}).json().array();
        QCOMPARE(models.size(), 1);
        QCOMPARE(models.first().toObject()["path"].toString(), path);
        QCOMPARE(run({"models", "info", path, "--json"}).json().object()["architecture"].toString(), QString("llama"));

        const Outcome log = run({"network-log", "--json"});
        QVERIFY(log.json().array().size() >= 4);  // details, files, the hub, its storage
        qint64 down = 0;
        for (const QJsonValue& row : log.json().array()) {
            QVERIFY(!row.toObject()["reason"].toString().isEmpty() && !row.toObject()["result"].toString().isEmpty());
            down += row.toObject()["bytes_down"].toInteger();
        }
        QVERIFY(down > outcome.json().object()["files"].toArray().first().toObject()["size_bytes"].toInteger());

        QVERIFY(run({"models", "remove", path}).out.contains("--delete would free"));
        QVERIFY(QFile::exists(path));
        QVERIFY(run({"models", "add", path}).out.contains("known now"));
        QVERIFY(run({"models", "remove", path, "--delete"}).out.contains("free again"));
        QVERIFY(!QFile::exists(path));
        QCOMPARE(run({"models", "list", "--json"}).json().array().size(), 0);
    }

    void refusalsAreSentences() {
        const Outcome unknown = run({"models", "download", "owner/nothing"});
        QCOMPARE(unknown.code, 1);
        QVERIFY2(unknown.error.contains("not there, or is private"), unknown.error.constData());
        const Outcome variant = run({"models", "download", "owner/tiny-GGUF:Q2_K"});
        QCOMPARE(variant.code, 1);
        QVERIFY2(variant.error.contains("There are: F32, Q8_0."), variant.error.constData());
        QCOMPARE(run({"models", "sing"}).code, 2);
        QCOMPARE(run({"models", "search"}).code, 2);
    }

    void offlineNothingConnects() {
        const Outcome outcome = run({"--offline", "models", "search", "tiny"});
        QCOMPARE(outcome.code, 1);
        QVERIFY2(outcome.error.contains("offline lock"), outcome.error.constData());
        QVERIFY(run({"network-log"}).out.contains("None, ever."));
        QVERIFY(m_hub.requests().isEmpty());
    }

    void ctrlCPausesAndTheSameCommandGoesOn() {
        m_hub.setFaults([](const HubRequest& request) {
            return request.isStorage ? HubFault{HubFault::stall, 2'000'000, 0, {}} : HubFault{};
        });
        QProcess process;
        prepare(process, {"models", "download", "owner/tiny-GGUF:Q8_0"});
        process.start();
        QTRY_VERIFY_WITH_TIMEOUT(m_hub.bodyBytesSent() >= 2'000'000, 30'000);
        QTest::qWait(300);
        ::kill(pid_t(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(30'000));
        QCOMPARE(process.exitCode(), 1);
        QVERIFY(process.readAllStandardError().contains("Paused."));
        m_hub.setFaults({});
        m_hub.forgetRequests();
        // What comes is no model that could be read, so the library refuses it; the bytes are what counts here.
        const Outcome outcome = run({"models", "download", "owner/tiny-GGUF:Q8_0"});
        QVERIFY2(outcome.code == 1, outcome.error.constData());
        QVERIFY(m_hub.bodyBytesSent() < 1'200'000);
        QVERIFY(QFile::exists(m_profile + "/models/owner/tiny-GGUF/tiny-Q8_0.gguf"));
    }

 private:
    void prepare(QProcess& process, const QStringList& words) const {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}) environment.remove(name);
        process.setProcessEnvironment(environment);
        process.setProgram(LARES_PROGRAM);
        process.setArguments(QStringList{"--profile", m_profile} + words);
    }
    Outcome run(const QStringList& words) const {
        QProcess process;
        prepare(process, words);
        process.start();
        const bool ended = process.waitForFinished(60'000) && process.exitStatus() == QProcess::NormalExit;
        return {ended ? process.exitCode() : -1, process.readAllStandardOutput(), process.readAllStandardError()};
    }

    QTemporaryDir m_folder;
    QString m_profile;
    LocalHub m_hub;
};

QTEST_GUILESS_MAIN(TestLaresModelsCli)
#include "tst_lares_models_cli.moc"

// `lares` in the terminal, as a person or a script sees it, over a tiny model of random weights.
#include "storage/stores/stores.h"
#include "tests/support/gguf_writer.h"

#include <SQLiteCpp/Database.h>
#include <csignal>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace lares;

namespace {

struct Outcome {
    int code = -1;
    QByteArray out, error;
};

/// Without a display of any kind.
void prepare(QProcess& process) {
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}) environment.remove(name);
    process.setProcessEnvironment(environment);
    process.setProgram(LARES_PROGRAM);
}

Outcome runLares(const QStringList& arguments, const QByteArray& input = {}) {
    QProcess process;
    prepare(process);
    process.setArguments(arguments);
    process.start();
    process.write(input);
    process.closeWriteChannel();
    const bool ended = process.waitForFinished(60000) && process.exitStatus() == QProcess::NormalExit;
    return {ended ? process.exitCode() : -1, process.readAllStandardOutput(), process.readAllStandardError()};
}

}  // namespace

class TestLaresCli : public QObject {
    Q_OBJECT

 private slots:
    void initTestCase() {
        qputenv("ASAN_OPTIONS", "detect_leaks=0");  // drivers leak when a program ends, and nobody can tell whose it is
        const std::string chat =
            "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
            "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
        test::TinyLlamaOptions options;
        options.vocabularyKind = test::ToyVocabulary::bpe;
        options.chatTemplate = chat;
        options.contextLength = 160;
        test::writeTinyLlama(m_model.toStdString(), options);
        options.contextLength = 8192;
        test::writeTinyLlama(m_talker.toStdString(), options);
    }
    void init() {
        m_profile = m_folder.filePath(QString(QTest::currentTestFunction()));
        QVERIFY(QDir().mkpath(m_profile));
    }

    void versionAndHelp() {
        QCOMPARE(runLares({"--version"}).out, QByteArray("lares " LARES_VERSION "\n"));
        const Outcome help = runLares({"--help"});
        QCOMPARE(help.code, 0);
        QVERIFY(help.out.startsWith("usage: lares"));
    }

    void wrongCommandLines() {
        for (const QStringList& words : {QStringList{"sing"}, {"ask", "Hi", "--loud"}, {"--loud"}, {"ask", "  "}}) {
            const Outcome outcome = runLares(profiled(words));
            QVERIFY2(outcome.code == 2 && outcome.out.isEmpty() && outcome.error.contains("usage"),
                     qPrintable(words.join(' ')));
        }
    }

    void withoutAModel() {
        const Outcome outcome = runLares(profiled({"ask", "Hi"}));
        QCOMPARE(outcome.code, 1);
        QVERIFY2(outcome.error.contains("--model FILE"), outcome.error.constData());
        const Outcome unknown = runLares(profiled({"ask", "Hi", "--model", "nobody"}));
        QCOMPARE(unknown.code, 1);
        QVERIFY2(unknown.error.contains("nobody"), unknown.error.constData());
    }

    void askAsJson() {
        const Outcome outcome = runLares(profiled({"ask", "Hi", "--model", m_model, "--json"}));
        QVERIFY2(outcome.code == 0, outcome.error.constData());
        const QJsonObject result = QJsonDocument::fromJson(outcome.out).object();
        QVERIFY(!result["answer"].toString().isEmpty());
        QCOMPARE(result["model"].toString(), "Tiny llama");
        const QJsonObject stats = result["stats"].toObject();
        QVERIFY(stats["promptTokens"].toInt() > 2 && stats["generatedTokens"].toInt() > 0);
        QCOMPARE(stats["template"].toString(), "model");
    }

    void askFromStandardInput() {
        const Outcome outcome = runLares(profiled({"ask", "--model", m_model}), "Hi there\n");
        QVERIFY2(outcome.code == 0, outcome.error.constData());
        QVERIFY(!outcome.out.trimmed().isEmpty());
    }

    void aBrokenModelIsSaid() {
        QFile file(m_folder.filePath("broken.gguf"));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("GGUF and no more") > 0);
        file.close();
        for (const char* command : {"ask", "chat"}) {
            const Outcome outcome = runLares(profiled({command, "--model", file.fileName()}), "Hi\n");
            QCOMPARE(outcome.code, 1);
            QVERIFY2(outcome.error.contains("lares: "), outcome.error.constData());
        }
    }

    void aChatIsKept() {
        store().settings.set("answers.maxTokens", "[20]");
        store().settings.set("answers.temperature", "[0]");
        const Outcome outcome = runLares(profiled({"chat", "--model", m_model, "--device", "vulkan"}), "One\n\nTwo");
        QVERIFY2(outcome.code == 0, outcome.error.constData());
        auto stores = store();
        const auto chats = stores.chats.listChats();
        QCOMPARE(chats.size(), std::size_t{1});
        QCOMPARE(chats[0].title, std::string("One"));
        const auto messages = stores.chats.shownMessages(chats[0].id);
        QCOMPARE(messages.size(), std::size_t{4});
        QCOMPARE(messages[2].text, std::string("Two"));
        for (const auto& message : messages) QVERIFY(message.state == storage::MessageState::complete);
        QVERIFY(outcome.out.contains(QByteArray::fromStdString(messages[1].text).trimmed()));
        // The model is known from now on, and used when none is named. Without a display it is the chat that begins.
        const Outcome again = runLares(profiled({}), "Three\n");
        QVERIFY2(again.code == 0 && again.error.contains("no display"), again.error.constData());
        QCOMPARE(stores.chats.listChats().size(), std::size_t{2});
    }

    void killedInMidAnswer() {
        store().settings.set("answers.temperature", "[0]");  // else it may happen to end soon
        QProcess process;
        prepare(process);
        process.setArguments(profiled({"chat", "--model", m_talker, "--device", "vulkan"}));  // the slower one
        process.start();
        process.write("Tell me everything\n");
        QVERIFY(QTest::qWaitFor(  // the running answer is saved every second
            [&] {
                auto stores = store();
                const auto chats = stores.chats.listChats();
                const auto messages = chats.empty() ? decltype(stores.chats.shownMessages(0)){}
                                                    : stores.chats.shownMessages(chats.front().id);
                return messages.size() == 2 && !messages[1].text.empty();
            },
            60000));
        process.kill();
        QVERIFY(process.waitForFinished(60000));
        auto stores = store();
        QCOMPARE(stores.database.connection().execAndGet("PRAGMA integrity_check").getString(), std::string("ok"));
        QCOMPARE(stores.chats.recoverInterrupted(), 1);
        const auto messages = stores.chats.shownMessages(stores.chats.listChats().at(0).id);
        QCOMPARE(messages.size(), std::size_t{2});
        QCOMPARE(messages[0].text, std::string("Tell me everything"));
        QVERIFY(messages[1].state == storage::MessageState::stopped);
        QVERIFY(!messages[1].text.empty());
    }

    void interruptStopsTheAnswerAndThenTheChat() {
        QProcess process;
        prepare(process);
        process.setArguments(profiled({"chat", "--model", m_talker}));
        process.start();
        process.write("Tell me everything\n");
        QVERIFY(process.waitForReadyRead(60000));
        const auto interrupt = [&] { ::kill(static_cast<pid_t>(process.processId()), SIGINT); };
        interrupt();
        QVERIFY(QTest::qWaitFor([&] {
            auto stores = store();
            const auto messages = stores.chats.shownMessages(stores.chats.listChats().at(0).id);
            return messages.at(1).state == storage::MessageState::stopped;
        }));
        QCOMPARE(process.state(), QProcess::Running);
        interrupt();
        QVERIFY(process.waitForFinished(60000));
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 0);
    }

    void chatsComeInAndGoOut() {
        const QString in = m_folder.filePath("in.json");
        QFile file(in);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(R"({"format": "lares-chats", "version": 1, "chats": [{"title": "Swifts", "leaf": 1, "messages": [
            {"parent": -1, "role": "user", "text": "Where do they sleep?"},
            {"parent": 0, "role": "assistant", "text": "In the **air**."},
            {"parent": 0, "role": "assistant", "text": "Nobody knows."}]}]})");
        file.close();
        Outcome outcome = runLares(profiled({"chats", "import", in, "--json"}));
        QCOMPARE(outcome.code, 0);
        QCOMPARE(QJsonDocument::fromJson(outcome.out).object()["messages"].toInt(), 3);
        outcome = runLares(profiled({"chats", "list"}));
        QVERIFY2(outcome.out.contains("Swifts"), outcome.out.constData());
        outcome = runLares(profiled({"chats", "search", "sleep", "--json"}));
        QVERIFY2(outcome.out.contains("Where do they sleep?"), outcome.out.constData());
        for (const auto& [suffix, holds] : {std::pair("md", "In the **air**."),
                                            {"html", "In the <b>air</b>."},
                                            {"json", "Nobody knows."},
                                            {"pdf", "%PDF-"}}) {
            const QString out = m_folder.filePath(QStringLiteral("out.") + suffix);
            outcome = runLares(profiled({"chats", "export", out}));
            QCOMPARE(outcome.code, 0);
            QFile written(out);
            QVERIFY(written.open(QIODevice::ReadOnly));
            QVERIFY2(written.readAll().contains(holds), suffix);
        }
        outcome = runLares(profiled({"chats", "import", m_model}));
        QCOMPARE(outcome.code, 1);
        QVERIFY2(outcome.error.contains("Nothing was changed"), outcome.error.constData());
        QCOMPARE(store().chats.listChats().size(), std::size_t(1));
        for (const QStringList& words : {QStringList{"chats"}, {"chats", "sing"}, {"chats", "search"}}) {
            QCOMPARE(runLares(profiled(words)).code, 2);
        }
    }

    void aNewerStoreIsLeftAlone() {
        store().database.connection().exec("PRAGMA user_version=9999");
        const Outcome outcome = runLares(profiled({"chat", "--model", m_model}), "Hi\n");
        QCOMPARE(outcome.code, 1);
        QVERIFY2(outcome.error.contains("newer version"), outcome.error.constData());
    }

 private:
    QStringList profiled(QStringList words) const { return words << "--profile" << m_profile; }
    storage::Stores store() const {
        return storage::Stores(storage::Database::open((m_profile + "/lares.db").toStdString()));
    }

    QTemporaryDir m_folder;
    const QString m_model = m_folder.filePath("model.gguf"), m_talker = m_folder.filePath("talker.gguf");
    QString m_profile;
};

QTEST_GUILESS_MAIN(TestLaresCli)
#include "tst_lares_cli.moc"

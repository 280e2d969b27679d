// Chats of other programs come in with their branches, ours go out and come back the same, and a file that is none,
// damaged or hostile changes nothing and is refused with a sentence. All files are written here, in the shapes that
// the programs write.
#include "app/services/transfer/chat_export.h"
#include "app/services/transfer/chat_import.h"
#include "app/services/transfer/transfer_error.h"
#include "tests/app/service_fixture.h"

#include <SQLiteCpp/Database.h>
#include <QDataStream>
#include <QUrl>

using namespace lares::app;
using lares::storage::ChatTree;
using lares::storage::Role;
using lares::test::ServiceFixture;
namespace storage = lares::storage;

namespace {

constexpr const char* kChatGpt = R"([{"title": "Garden", "create_time": 1700000000.5, "update_time": 1700000100,
  "current_node": "a2", "mapping": {
    "root": {"id": "root", "message": null, "parent": null, "children": ["s"]},
    "s": {"message": {"author": {"role": "system"}, "content": {"content_type": "text", "parts": [""]}}, "parent": "root", "children": ["q"]},
    "q": {"message": {"author": {"role": "user"}, "create_time": 1700000001, "content": {"content_type": "text", "parts": ["When to sow?"]}}, "parent": "s", "children": ["a1", "a2"]},
    "a1": {"message": {"author": {"role": "assistant"}, "create_time": 1700000003, "content": {"content_type": "text", "parts": ["In May."]}, "metadata": {"model_slug": "gpt-4o"}}, "parent": "q", "children": ["t"]},
    "t": {"message": {"author": {"role": "tool"}, "content": {"content_type": "text", "parts": ["searched"]}}, "parent": "a1", "children": ["q2"]},
    "q2": {"message": {"author": {"role": "user"}, "content": {"content_type": "multimodal_text", "parts": [{"content_type": "image_asset_pointer"}, "And this?"]}}, "parent": "t", "children": []},
    "a2": {"message": {"author": {"role": "assistant"}, "create_time": 1700000002, "content": {"content_type": "text", "parts": ["In April."]}}, "parent": "q", "children": []}
  }}])";

constexpr const char* kOpenWebUi = R"([{"id": "x", "title": "Tea", "created_at": 1710000000, "updated_at": 1710000500,
  "chat": {"title": "Tea", "system": "Be kind.", "models": ["llama3"], "history": {"currentId": "d", "messages": {
    "a": {"id": "a", "parentId": null, "childrenIds": ["c", "b"], "role": "user", "content": "Green or black?", "timestamp": 1710000001},
    "b": {"id": "b", "parentId": "a", "childrenIds": [], "role": "assistant", "content": "Black.", "model": "llama3", "timestamp": 1710000002},
    "c": {"id": "c", "parentId": "a", "childrenIds": ["d"], "role": "assistant", "content": "Green.", "model": "qwen", "timestamp": 1710000003},
    "d": {"id": "d", "parentId": "c", "childrenIds": [], "role": "user", "content": "Why?", "timestamp": 1710000004}}}}}])";

constexpr const char* kLmStudio =
    R"({"name": "Stars", "createdAt": 1720000000000, "systemPrompt": "You know the sky.", "messages": [
  {"currentlySelected": 0, "versions": [{"type": "singleStep", "role": "user", "content": [{"type": "text", "text": "How far?"}]}]},
  {"currentlySelected": 1, "versions": [
    {"type": "multiStep", "role": "assistant", "steps": [{"type": "contentBlock", "content": [{"type": "text", "text": "Far."}]}]},
    {"type": "multiStep", "role": "assistant", "senderInfo": {"senderName": "gemma"}, "steps": [
      {"type": "contentBlock", "style": {"type": "thinking"}, "content": [{"type": "text", "text": "Hm."}]},
      {"type": "contentBlock", "content": [{"type": "text", "text": "Very far."}]}]}]},
  {"currentlySelected": 0, "versions": [{"type": "singleStep", "role": "user", "content": [{"type": "text", "text": "Thanks"}]}]}]})";

/// As GPT4All 3.10 writes it, format 12.
QByteArray gpt4AllChat(int version = 12) {
    QByteArray bytes;
    QDataStream out(&bytes, QIODevice::WriteOnly);
    out << quint32(0xF5D553CC) << qint32(version) << qint64(1730000000) << QString("id") << QString("Old chat")
        << QString() << QString("Llama 3") << QList<QString>{QString("docs")};
    out.setVersion(QDataStream::Qt_6_2);
    out << qint32(2);
    const auto item = [&](const QString& kind, const QString& value) {
        if (version < 12) out << qint32(0);
        out << kind << value << QString() << false << false << false << false;
        if (kind == "Response: ") out << false;
    };
    item("Prompt: ", "What is in it?");
    out << qint64(1);
    for (int i = 0; i < 7; ++i) out << QString("source");
    for (int i = 0; i < 3; ++i) out << qint32(1);
    out << qint64(1) << QUrl("file:///home/me/list.txt") << QByteArray("eggs");
    if (version >= 12) out << qint64(0);
    item("Response: ", "Eggs.");
    out << qint64(0) << qint64(0);
    if (version >= 12) {
        out << qint64(1) << QString("Response: ") << QString("") << qint64(2);
        out << QString("Think: ") << QString("A list.") << qint32(1200) << qint64(0);
        out << QString("ToolCall: ") << QString("code") << QString("run") << qint64(1) << QString("code") << qint32(0)
            << QVariant(QString("1+1")) << QString("2") << qint32(0) << QString() << qint64(0);
    }
    return bytes;
}

/// The text of a message, of its parent, and so on up.
std::vector<std::string> lineOf(const ChatTree& tree, int at) {
    std::vector<std::string> texts;
    for (; at >= 0; at = tree.messages[at].parent) texts.insert(texts.begin(), tree.messages[at].text);
    return texts;
}
using Texts = std::vector<std::string>;

std::vector<Texts> leavesOf(const ChatTree& tree) {
    std::vector<Texts> lines;
    for (int i = 0; i < int(tree.messages.size()); ++i) {
        const bool parent = std::any_of(tree.messages.begin(), tree.messages.end(),
                                        [i](const ChatTree::Message& message) { return message.parent == i; });
        if (!parent) lines.push_back(lineOf(tree, i));
    }
    return lines;
}

}  // namespace

class TestTransfer : public QObject {
    Q_OBJECT

 private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void chatGpt();
    void openWebUi();
    void lmStudio();
    void jan();
    void ollama();
    void gpt4All();
    void oursComesBackTheSame();
    void markdown();
    void aFolderOfThem();
    void allOrNothing();
    void refused_data();
    void refused();
    void cutAnywhere();
    void changedAnywhere();
    void theService();

 private:
    QString write(const QString& name, const QByteArray& bytes) {
        const QString path = m_folder->filePath(name);
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() ? path : QString();
    }
    ChatTree onlyChat(const QString& path, const QString& from) {
        ImportedChats all = readChats(path);
        if (all.chats.size() != 1 || all.from != from)
            qFatal("%zu chats from %s", all.chats.size(), qPrintable(all.from));
        return all.chats.front();
    }
    void writeOllama(const QString& path) {
        SQLite::Database database(path.toStdString(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        database.exec(
            "PRAGMA journal_mode=WAL;"
            "CREATE TABLE chats (id TEXT PRIMARY KEY, title TEXT, created_at TIMESTAMP);"
            "CREATE TABLE messages (id INTEGER PRIMARY KEY, chat_id TEXT, role TEXT, content TEXT, thinking TEXT, "
            "model_name TEXT, created_at TIMESTAMP);"
            "INSERT INTO chats VALUES ('c', 'Birds', '2025-01-02 03:04:05');"
            "INSERT INTO messages (chat_id, role, content, thinking, model_name, created_at) VALUES "
            "('c', 'user', 'Which bird?', NULL, NULL, '2025-01-02 03:04:05'),"
            "('c', 'tool', 'x', NULL, NULL, NULL),"
            "('c', 'assistant', 'A \"swift\".', 'Small.', 'qwen3:4b', '2025-01-02 03:04:09')");
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestTransfer::chatGpt() {
    const ChatTree tree = onlyChat(write("conversations.json", kChatGpt), "ChatGPT");
    QCOMPARE(tree.title, std::string("Garden"));
    QCOMPARE(tree.createdAtMs, std::int64_t(1700000000500));
    QCOMPARE(leavesOf(tree), (std::vector<Texts>{{"When to sow?", "In April."},
                                                 {"When to sow?", "In May.", "[image_asset_pointer]\n\nAnd this?"}}));
    QCOMPARE(lineOf(tree, tree.leaf), (Texts{"When to sow?", "In April."}));
    QVERIFY(tree.messages[1].text == "In May." && tree.messages[1].details.find("gpt-4o") != std::string::npos);
    QCOMPARE(tree.messages[1].createdAtMs, std::int64_t(1700000003000));
}

void TestTransfer::openWebUi() {
    const ChatTree tree = onlyChat(write("chats.json", kOpenWebUi), "Open WebUI");
    // Branches in the order of their parent's list, not of time or name.
    QCOMPARE(tree.messages[1].text, std::string("Green."));
    QCOMPARE(tree.messages[2].text, std::string("Black."));
    QCOMPARE(lineOf(tree, tree.leaf), (Texts{"Green or black?", "Green.", "Why?"}));
    QVERIFY(tree.options.find("Be kind.") != std::string::npos);
    QVERIFY(tree.messages[1].role == Role::assistant);
    // One chat on its own is an export too.
    const QByteArray one = QByteArray(kOpenWebUi).trimmed();
    QCOMPARE(onlyChat(write("one.json", one.mid(1, one.size() - 2)), "Open WebUI").messages.size(), std::size_t(4));
}

void TestTransfer::lmStudio() {
    const ChatTree tree = onlyChat(write("1720.conversation.json", kLmStudio), "LM Studio");
    QCOMPARE(tree.title, std::string("Stars"));
    QCOMPARE(tree.createdAtMs, std::int64_t(1720000000000));
    QCOMPARE(leavesOf(tree),
             (std::vector<Texts>{{"How far?", "Far."}, {"How far?", "<think>Hm.</think>\n\nVery far.", "Thanks"}}));
    QVERIFY(tree.options.find("You know the sky.") != std::string::npos);
}

void TestTransfer::jan() {
    write("threads/t1/thread.json",
          R"({"id": "t1", "title": "Bread", "created": 1690000000, "updated": 1690000100,
              "assistants": [{"instructions": "Bake.", "model": {"id": "mistral"}}]})");
    const QString messages = write(
        "threads/t1/messages.jsonl",
        R"({"role": "user", "created_at": 1690000001000, "content": [{"type": "text", "text": {"value": "Rye?", "annotations": []}}]})"
        "\n"
        R"({"role": "assistant", "created_at": 1690000002000, "content": [{"type": "text", "text": {"value": "Yes."}}]})"
        "\n");
    for (const QString& path : {messages, m_folder->filePath("threads"), m_folder->filePath("threads/t1")}) {
        const ChatTree tree = onlyChat(path, "Jan");
        QCOMPARE(tree.title, std::string("Bread"));
        QCOMPARE(lineOf(tree, 1), (Texts{"Rye?", "Yes."}));
        QCOMPARE(tree.messages[1].createdAtMs, std::int64_t(1690000002000));
        QVERIFY(tree.messages[1].details.find("mistral") != std::string::npos);
        QVERIFY(tree.options.find("Bake.") != std::string::npos);
    }
}

void TestTransfer::ollama() {
    const QString path = m_folder->filePath("db.sqlite");
    writeOllama(path);
    const QStringList before = QDir(m_folder->path()).entryList(QDir::Files);
    const ChatTree tree = onlyChat(path, "Ollama");
    QCOMPARE(tree.title, std::string("Birds"));
    QCOMPARE(tree.createdAtMs, std::int64_t(1735787045000));
    QCOMPARE(lineOf(tree, 1), (Texts{"Which bird?", "<think>Small.</think>\n\nA \"swift\"."}));
    QVERIFY(tree.messages[1].details.find("qwen3:4b") != std::string::npos);
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files), before);  // nothing appeared beside it
}

void TestTransfer::gpt4All() {
    for (const int version : {11, 12}) {
        const ChatTree tree = onlyChat(write("gpt4all-id.chat", gpt4AllChat(version)), "GPT4All");
        QCOMPARE(tree.title, std::string("Old chat"));
        QCOMPARE(tree.createdAtMs, std::int64_t(1730000000000));
        QCOMPARE(lineOf(tree, 1),
                 (Texts{"What is in it?", version == 12 ? "<think>A list.</think>\n\nEggs." : "Eggs."}));
        QCOMPARE(tree.messages[0].attachments, (std::vector<storage::Attachment>{{"list.txt", "eggs"}}));
        QVERIFY(tree.messages[1].details.find("Llama 3") != std::string::npos);
    }
}

void TestTransfer::oursComesBackTheSame() {
    std::vector<ChatTree> trees = readChats(write("a.json", kChatGpt)).chats;
    trees.push_back(readChats(write("b.chat", gpt4AllChat())).chats.front());
    trees.front().options = R"({"systemPrompt":"x"})";
    const ImportedChats again = readChats(write("lares.json", chatsToJson(trees)));
    QCOMPARE(again.from, QStringLiteral("Lares"));
    QCOMPARE(again.chats.size(), std::size_t(2));
    for (std::size_t i = 0; i < trees.size(); ++i) {
        const ChatTree &was = trees[i], &is = again.chats[i];
        QCOMPARE(is.title, was.title);
        QCOMPARE(is.createdAtMs, was.createdAtMs);
        QCOMPARE(is.options, was.options);
        QCOMPARE(is.leaf, was.leaf);
        QCOMPARE(is.messages.size(), was.messages.size());
        for (std::size_t m = 0; m < was.messages.size(); ++m) {
            QCOMPARE(is.messages[m].text, was.messages[m].text);
            QCOMPARE(is.messages[m].parent, was.messages[m].parent);
            QVERIFY(is.messages[m].role == was.messages[m].role);
            QCOMPARE(is.messages[m].createdAtMs, was.messages[m].createdAtMs);
            QCOMPARE(is.messages[m].details, was.messages[m].details);
            QCOMPARE(is.messages[m].attachments, was.messages[m].attachments);
        }
    }
}

void TestTransfer::markdown() {
    std::vector<ChatTree> trees = readChats(write("a.json", kChatGpt)).chats;
    trees.front().messages.front().attachments = {{"a.md", "```\ncode\n```"}};
    const QString text = chatsToMarkdown(exportedChats(trees));
    QVERIFY2(text.startsWith("# Garden\n"), qPrintable(text));
    QVERIFY(text.contains("\nWhen to sow?\n") && text.contains("\nIn April.\n"));
    QVERIFY(!text.contains("In May."));  // the shown branch alone
    QVERIFY(text.contains("\n````\n```\ncode\n```\n````\n"));
}

void TestTransfer::aFolderOfThem() {
    write("conversations/a.json", kLmStudio);
    write("conversations/deep/b.json", kLmStudio);
    write("conversations/config.json", R"({"theme": "dark"})");
    write("conversations/notes.txt", "none of ours");
    write("conversations/gpt4all-1.chat", gpt4AllChat());
    const ImportedChats all = readChats(m_folder->filePath("conversations"));
    QCOMPARE(all.chats.size(), std::size_t(3));
    QVERIFY(all.from.contains("LM Studio") && all.from.contains("GPT4All"));
}

void TestTransfer::allOrNothing() {
    write("conversations/a.json", kLmStudio);
    write("conversations/b.json", "{\"messages\": [");
    QVERIFY_EXCEPTION_THROWN(readChats(m_folder->filePath("conversations")), TransferError);
}

void TestTransfer::refused_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("says");
    QTest::newRow("nothing") << QByteArray() << "damaged";
    QTest::newRow("text") << QByteArray("hello") << "no JSON";
    QTest::newRow("another JSON") << QByteArray("{\"a\": 1}") << "knows no chats";
    QTest::newRow("an empty list") << QByteArray("[]") << "knows no chats";
    QTest::newRow("an archive") << QByteArray("PK\x03\x04xxxx") << "Unpack it";
    QTest::newRow("no SQLite after all") << QByteArray("SQLite format 3\0 and no more", 29) << "";
    QTest::newRow("deep") << QByteArray(200'000, '[') << "damaged";
    QTest::newRow("nothing said") << QByteArray(R"([{"title": "x", "mapping": {"a": {"message": null}}}])")
                                  << "in which anything was said";
    QTest::newRow("a circle") << QByteArray(R"([{"mapping": {"a": {"parent": "b"}, "b": {"parent": "a"}}}])")
                              << "circles";
    QTest::newRow("a parent to come")
        << QByteArray(R"({"format": "lares-chats", "version": 1, "chats": [{"title": "t", "leaf": 0, "messages": [
            {"parent": 1, "role": "user", "text": "a"}, {"parent": 0, "role": "user", "text": "b"}]}]})")
        << "damaged";
    QTest::newRow("a leaf too far")
        << QByteArray(R"({"format": "lares-chats", "version": 1, "chats": [{"title": "t", "leaf": 7, "messages": [
            {"parent": -1, "role": "user", "text": "a"}]}]})")
        << "damaged";
    QTest::newRow("newer") << QByteArray(R"({"format": "lares-chats", "version": 2, "chats": []})") << "newer version";
    QTest::newRow("old GPT4All") << gpt4AllChat(9) << "GPT4All 3.10";
    QByteArray many = gpt4AllChat();
    many.replace(QByteArray::fromHex("00000002000000"), QByteArray::fromHex("7fffffff000000"));
    QTest::newRow("two thousand million items") << many << "damaged";
}

void TestTransfer::refused() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, says);
    const QString path = write("file.bin", bytes);
    try {
        readChats(path);
        QFAIL("it was taken");
    } catch (const TransferError& error) {
        QVERIFY2(QString(error.what()).contains(says) && QString(error.what()).contains("Nothing was changed"),
                 error.what());
    } catch (const storage::Error& error) {
        QVERIFY2(says.isEmpty(), error.what());
    }
}

/// A file that was cut off gives what it has or a sentence, and nothing else happens.
void TestTransfer::cutAnywhere() {
    const QByteArray whole = gpt4AllChat();
    for (int size = 4; size < whole.size(); ++size) {
        QVERIFY_EXCEPTION_THROWN(readChats(write("cut.chat", whole.left(size))), TransferError);
    }
    for (int size = 0; size < int(qstrlen(kOpenWebUi)) - 1; size += 7) {
        QVERIFY_EXCEPTION_THROWN(readChats(write("cut.json", QByteArray(kOpenWebUi).left(size))), TransferError);
    }
}

void TestTransfer::changedAnywhere() {
    const QByteArray whole = gpt4AllChat();
    quint32 dice = 1;
    int refusals = 0;
    for (int round = 0; round < 1000; ++round) {
        QByteArray bytes = whole;
        for (int change = 0; change < 3; ++change) {
            dice = dice * 1664525 + 1013904223;
            bytes[int((dice >> 8) % quint32(bytes.size()))] = char(dice >> 24);
        }
        try {
            readChats(write("changed.chat", bytes));
        } catch (const TransferError&) {
            ++refusals;
        }
    }
    QVERIFY(refusals > 300);
}

void TestTransfer::theService() {
    ServiceFixture f;
    TransferService& transfer = f.composition->transfer();
    QSignalSpy imported(&transfer, &TransferService::imported), exported(&transfer, &TransferService::exported),
        failed(&transfer, &TransferService::failed);
    transfer.importFrom(write("a.json", kOpenWebUi));
    QTRY_COMPARE(imported.count(), 1);
    QCOMPARE(imported.first().at(1).toInt(), 4);
    QTRY_COMPARE(f.chats().chats().size(), 1);
    QCOMPARE(f.chats().chats().first().title, QStringLiteral("Tea"));
    const qint64 chatId = f.chats().chats().first().id;
    QCOMPARE(f.store().chats.shownMessages(chatId).size(), std::size_t(3));
    QCOMPARE(f.store().chats.shownMessages(chatId)[1].siblingCount, 2);
    transfer.importFrom(write("bad.json", "{"));
    QTRY_COMPARE(failed.count(), 1);
    QCOMPARE(f.store().chats.listChats().size(), std::size_t(1));
    const QString out = m_folder->filePath("out.json");
    transfer.exportJson(out, {chatId});
    QTRY_COMPARE(exported.count(), 1);
    QCOMPARE(readChats(out).chats.front().messages.size(), std::size_t(4));
    transfer.exportTo(m_folder->filePath("no/such/folder.md"), {}, chatsToMarkdown);
    QTRY_COMPARE(failed.count(), 2);
    QVERIFY(failed.last().first().toString().contains(QStringLiteral("could not be written")));
}

QTEST_GUILESS_MAIN(TestTransfer)
#include "tst_transfer.moc"

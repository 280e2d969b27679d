// The schema's steps: frozen once shipped, each tested before and after, all tables strict, hot queries on indexes.
#include "tests/storage/storage_fixture.h"

#include <sqlite3.h>
#include <SQLiteCpp/Statement.h>
#include <functional>
#include <QCryptographicHash>
#include <QRegularExpression>
#include <QtTest>

using namespace lares::storage;
using namespace lares::storage_test;
namespace fs = std::filesystem;

namespace {

struct Frozen {
    const char* name;
    const char* sha256;
};

/// People's databases were made by these bytes. A change of the schema is a new step, never another line here.
constexpr Frozen kFrozen[] = {
    {"0001_chats", "6aa00e05f4302884dbc44c0f18e94487943a9bfc9b0473da947afcd3cfb46480"},
    {"0002_models", "4494fb9ed6743283b4aad890e658690ddb2f0a57529921b0300e270ce58c3f3d"},
    {"0003_settings", "f1ecac365147f23c18dfd5098a1633e72e68e921c7b54a98621a61d912af66cc"},
    {"0004_chat_library", "bc50df6d0c768487940e4c829f28cf7280020710c26efc81a97476699d2f958a"},
    {"0005_network", "060190ebf3ced16f21f90e714674594cd7d0e33c0540f2b86cdd1982968b5112"},
};

void exec(Database& database, const std::string& sql) {
    database.connection().exec(sql);
}

std::string value(Database& database, const std::string& sql) {
    return database.connection().execAndGet(sql).getString();
}

/// A database at the given version; `insert` puts in what people of that version had.
Database databaseAt(const StoreFolder& folder, int version) {
    return Database::open(folder.path(), shippedSteps(version));
}

void insertChatsOfVersion1(Database& database) {
    exec(database,
         "INSERT INTO chats (id, title, created_at_ms, updated_at_ms, deleted_at_ms) VALUES "
         "(1, 'shown', 1, 2, NULL), (2, 'in the trash', 1, 3, 4);"
         "INSERT INTO messages (id, chat_id, parent_id, role, text, state, created_at_ms, details) VALUES "
         "(1, 1, NULL, 'user', 'a question', 'complete', 1, '{}'),"
         "(2, 1, 1, 'assistant', 'an answer', 'complete', 2, '{\"seed\":\"7\"}'),"
         "(3, 1, 1, 'assistant', 'half of another', 'writing', 3, '{}'),"
         "(4, 2, NULL, 'user', 'forgotten', 'failed', 4, '{}');"
         "UPDATE chats SET leaf_id = 3 WHERE id = 1");
}

std::vector<std::string> statementsOf(Database& database, const std::function<void()>& work) {
    std::vector<std::string> statements;
    sqlite3* handle = database.connection().getHandle();
    const auto note = [](unsigned, void* list, void*, void* text) {
        const std::string sql = static_cast<const char*>(text);
        // Comments are what triggers and FTS5's own statements look like in a trace.
        if (sql.rfind("--", 0) != 0) static_cast<std::vector<std::string>*>(list)->push_back(sql);
        return 0;
    };
    sqlite3_trace_v2(handle, SQLITE_TRACE_STMT, note, &statements);
    work();
    sqlite3_trace_v2(handle, 0, nullptr, nullptr);
    return statements;
}

/// The lines of EXPLAIN QUERY PLAN.
QStringList planOf(Database& database, const std::string& sql) {
    QStringList lines;
    SQLite::Statement plan(database.connection(), "EXPLAIN QUERY PLAN " + sql);
    while (plan.executeStep()) lines += QString::fromStdString(plan.getColumn(3).getString());
    return lines;
}

}  // namespace

class MigrationsTest : public QObject {
    Q_OBJECT

 private slots:
    void shippedFilesAreFrozen();
    void numbersHaveNoGap();
    void step1();
    void step2();
    void step3();
    void step4();
    void step5();
    void everyStepLeavesASoundDatabase();
    void allTablesAreStrict();
    void hotQueriesUseIndexes_data();
    void hotQueriesUseIndexes();
    void aScanWouldBeNoticed();
};

void MigrationsTest::shippedFilesAreFrozen() {
    const fs::path folder = fs::path(LARES_SOURCE_DIR) / "storage/migrations";
    std::size_t files = 0;
    for (const auto& entry : fs::directory_iterator(folder)) files += entry.path().extension() == ".sql";
    QCOMPARE(files, std::size(kFrozen));
    QCOMPARE(migrations().size(), std::size(kFrozen));
    for (std::size_t i = 0; i < std::size(kFrozen); ++i) {
        const std::string text = bytesOf(folder / (std::string(kFrozen[i].name) + ".sql"));
        const QByteArray hash =
            QCryptographicHash::hash(QByteArray::fromStdString(text), QCryptographicHash::Sha256).toHex();
        QVERIFY2(hash == kFrozen[i].sha256,
                 qPrintable(QString("%1.sql is %2. Shipped steps stay as they are: add a new one.")
                                .arg(kFrozen[i].name, QString(hash))));
        QCOMPARE(migrations()[i].name, std::string_view(kFrozen[i].name));
        QVERIFY2(migrations()[i].sql == text, "what the program carries is not what the file says");
    }
}

void MigrationsTest::numbersHaveNoGap() {
    int expected = 0;
    for (const Migration& step : migrations()) {
        QCOMPARE(step.number, ++expected);
        QCOMPARE(QByteArray(step.name.data(), 4).toInt(), expected);
        QCOMPARE(step.name.at(4), '_');
    }
}

void MigrationsTest::step1() {
    const StoreFolder folder;
    Database database = databaseAt(folder, 1);
    insertChatsOfVersion1(database);
    QCOMPARE(value(database, "SELECT group_concat(rowid) FROM chats_fts WHERE chats_fts MATCH 'shown'"),
             std::string("1"));
    QCOMPARE(value(database, "SELECT count(*) FROM messages_fts WHERE messages_fts MATCH 'question OR answer'"),
             std::string("2"));
    for (const char* refused :
         {"INSERT INTO messages (chat_id, role, text, state, created_at_ms) VALUES (1, 'system', '', 'complete', 1)",
          "INSERT INTO messages (chat_id, role, text, state, created_at_ms) VALUES (1, 'user', '', 'lost', 1)",
          "INSERT INTO messages (chat_id, role, text, state, created_at_ms) VALUES (9, 'user', '', 'complete', 1)",
          "INSERT INTO chats (title, created_at_ms, updated_at_ms) VALUES ('t', 'yesterday', 1)",
          "DELETE FROM chats WHERE id = 1", "DELETE FROM messages WHERE id = 1", "DELETE FROM messages WHERE id = 3"}) {
        QVERIFY_EXCEPTION_THROWN(exec(database, refused), SQLite::Exception);
    }
    QCOMPARE(verdict(database), std::string("ok"));
}

void MigrationsTest::step2() {
    const StoreFolder folder;
    {
        Database before = databaseAt(folder, 1);
        insertChatsOfVersion1(before);
    }
    Database after = databaseAt(folder, 2);
    QCOMPARE(value(after, "SELECT count(*) FROM chats WHERE deleted_at_ms IS NULL"), std::string("1"));
    QCOMPARE(value(after, "SELECT text FROM messages WHERE id = 3"), std::string("half of another"));
    QCOMPARE(value(after, "SELECT details FROM messages WHERE id = 2"), std::string("{\"seed\":\"7\"}"));
    ModelStore models(after);
    models.put({.path = "/models/a.gguf", .name = "A", .architecture = "llama", .quantisation = "Q4_K_M"});
    QCOMPARE(models.list().size(), std::size_t(1));
}

void MigrationsTest::step3() {
    const StoreFolder folder;
    {
        Database before = databaseAt(folder, 2);
        insertChatsOfVersion1(before);
        exec(before, "INSERT INTO models VALUES ('/m.gguf', 'M', 'llama', 'Q8_0', 1, 2, 3, 4, 5)");
    }
    Database after = databaseAt(folder, 3);
    QCOMPARE(value(after, "SELECT count(*) FROM chats WHERE deleted_at_ms IS NULL"), std::string("1"));
    QCOMPARE(ModelStore(after).list().front().usedAtMs, std::int64_t(5));
    SettingsStore settings(after);
    QVERIFY(settings.all().empty());
    settings.set("theme", "[\"dark\"]");
    QCOMPARE(settings.all().size(), std::size_t(1));
}

void MigrationsTest::step4() {
    const StoreFolder folder;
    {
        Database before = databaseAt(folder, 3);
        insertChatsOfVersion1(before);
    }
    Stores after(databaseAt(folder, 4));
    const ChatRow chat = after.chats.listChats().front();
    QVERIFY(chat.folderId == 0 && chat.pinnedAtMs == 0 && chat.titleBy == TitleBy::person);
    QVERIFY(!after.chats.proposeTitle(1, "what a model would call it"));
    QCOMPARE(after.chats.options(1), std::string("{}"));
    QCOMPARE(after.chats.shownMessages(1).size(), std::size_t(2));
    const auto folderId = after.library.addFolder("Work", 1);
    after.chats.moveToFolder(1, folderId);
    QVERIFY_EXCEPTION_THROWN(exec(after.database, "DELETE FROM folders"), SQLite::Exception);
    QVERIFY_EXCEPTION_THROWN(exec(after.database, "UPDATE chats SET title_by = 'cat'"), SQLite::Exception);
    QCOMPARE(verdict(after.database), std::string("ok"));
}

void MigrationsTest::step5() {
    const StoreFolder folder;
    {
        Database before = databaseAt(folder, 4);
        insertChatsOfVersion1(before);
        exec(before, "INSERT INTO models VALUES ('/m.gguf', 'M', 'llama', 'Q8_0', 1, 2, 3, 4, 5)");
    }
    Stores stores(databaseAt(folder, 5));
    QCOMPARE(stores.chats.listChats().size(), std::size_t(1));
    QCOMPARE(stores.models.list().front().usedAtMs, std::int64_t(5));
    QCOMPARE(stores.connections.count(), std::int64_t(0));
    QVERIFY(stores.downloads.list().empty());
    for (const char* refused :
         {"INSERT INTO downloads VALUES (1, 'a/b', 'c', 'n', '/f', 'half', '', 1)",
          "INSERT INTO download_blocks VALUES (1, 0, 0, zeroblob(32))",
          "INSERT INTO connections (id, started_at_ms, host, reason) VALUES (1, 'now', 'h', 'r')"}) {
        QVERIFY_EXCEPTION_THROWN(exec(stores.database, refused), SQLite::Exception);
    }
}

void MigrationsTest::everyStepLeavesASoundDatabase() {
    const StoreFolder folder;
    for (int version = 1; version <= static_cast<int>(migrations().size()); ++version) {
        Database database = databaseAt(folder, version);
        QCOMPARE(database.version(), version);
        if (version == 1) insertChatsOfVersion1(database);
        QCOMPARE(verdict(database), std::string("ok"));
        if (version == 1) exec(database, "UPDATE messages SET state = 'stopped' WHERE state = 'writing'");
        QCOMPARE(verdict(database), std::string("ok"));
    }
}

void MigrationsTest::allTablesAreStrict() {
    Database database = Database::inMemory();
    SQLite::Statement tables(database.connection(),
                             "SELECT name, strict, type FROM pragma_table_list WHERE schema = 'main'");
    int strictTables = 0;
    while (tables.executeStep()) {
        const QString name = QString::fromStdString(tables.getColumn(0).getString());
        // FTS5 makes its own tables; SQLite too.
        if (name.contains("_fts") || name.startsWith("sqlite_")) continue;
        QVERIFY2(tables.getColumn(1).getInt() == 1, qPrintable(name));
        ++strictTables;
    }
    QCOMPARE(strictTables, 16);
}

void MigrationsTest::hotQueriesUseIndexes_data() {
    QTest::addColumn<std::function<void(Stores&)>>("work");
    const auto row = [](const char* name, std::function<void(Stores&)> work) { QTest::newRow(name) << work; };
    row("listChats", [](Stores& s) { s.chats.listChats(); });
    row("chat", [](Stores& s) { s.chats.chat(1); });
    row("shownMessages", [](Stores& s) { s.chats.shownMessages(1); });
    row("pathTo", [](Stores& s) { s.chats.pathTo(3); });
    row("message", [](Stores& s) { s.chats.message(3); });
    row("showBranch", [](Stores& s) { s.chats.showBranch(1); });
    row("sibling", [](Stores& s) { s.chats.sibling(2, 1); });
    row("search", [](Stores& s) { s.chats.search("a word", 100); });
    row("saveText", [](Stores& s) { s.chats.saveText(3, "text", MessageState::writing); });
    row("addMessage", [](Stores& s) { s.chats.addMessage(1, 3, Role::user, "t", MessageState::complete, 1); });
    row("recoverInterrupted", [](Stores& s) { s.chats.recoverInterrupted(); });
    row("search with filters", [](Stores& s) {
        s.chats.search({.text = "a word", .role = Role::user, .sinceMs = 1, .beforeMs = 9, .folderId = 1});
    });
    row("setPinned", [](Stores& s) { s.chats.setPinned(1, 5); });
    row("options", [](Stores& s) { s.chats.options(1); });
    row("removeFolder", [](Stores& s) { s.library.removeFolder(1); });
    row("putSummary", [](Stores& s) { s.chats.putSummary(1, "t", 1); });
    row("setDraft", [](Stores& s) { s.library.setDraft(1, "t"); });
    row("eraseChat", [](Stores& s) { s.chats.eraseChat(1, 1); });
    row("purgeDeleted", [](Stores& s) { s.chats.purgeDeleted(1000); });
}

void MigrationsTest::hotQueriesUseIndexes() {
    QFETCH(std::function<void(Stores&)>, work);
    Stores stores(Database::inMemory());
    insertChatsOfVersion1(stores.database);
    int explained = 0;
    for (const std::string& sql : statementsOf(stores.database, [&] { work(stores); })) {
        if (sql.rfind("BEGIN", 0) == 0 || sql.rfind("COMMIT", 0) == 0 || sql.rfind("PRAGMA", 0) == 0) continue;
        // FTS5's own statements on its shadow tables are its own business.
        if (sql.find("'main'.") != std::string::npos) continue;
        for (const QString& line : planOf(stores.database, sql)) {
            // Scanned may be: one constant row, the rows of a recursion or of the best hits, a full-text match, the
            // answers being written, and the list of chats in the order of its index.
            static const QRegularExpression harmless(
                "^SCAN (CONSTANT ROW|path|down|best|f VIRTUAL TABLE INDEX \\S*M\\S*|chats USING INDEX chats_shown|"
                "messages USING INDEX messages_writing)$");
            QVERIFY2(!line.startsWith("SCAN") || harmless.match(line).hasMatch(),
                     qPrintable(line + " in " + QString::fromStdString(sql)));
            const bool sortsTheList = line.contains("TEMP B-TREE") &&
                                      sql.find("deleted_at_ms IS NULL ORDER") != sql.npos &&
                                      sql.find("fts") == sql.npos;
            QVERIFY2(!sortsTheList, qPrintable(line));
        }
        ++explained;
    }
    QVERIFY(explained > 0);
}

void MigrationsTest::aScanWouldBeNoticed() {
    Stores stores(Database::inMemory());
    insertChatsOfVersion1(stores.database);
    const auto statements = statementsOf(
        stores.database, [&] { stores.database.connection().exec("DELETE FROM messages WHERE text = 'x'"); });
    QVERIFY(!statements.empty());
    QCOMPARE(planOf(stores.database, statements.front()).first(), QString("SCAN messages"));
}

QTEST_GUILESS_MAIN(MigrationsTest)
#include "tst_migrations.moc"

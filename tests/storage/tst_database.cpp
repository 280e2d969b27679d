// Opening a database that is ours: new, old, interrupted, by two at once; transactions. What is refused is in
// tst_database_refuses.
#include "tests/storage/child_process.h"
#include "tests/storage/storage_fixture.h"

#include <SQLiteCpp/Statement.h>
#include <QDateTime>
#include <QElapsedTimer>
#include <QtTest>

using namespace lares::storage;
using namespace lares::storage_test;
namespace fs = std::filesystem;

namespace {

std::string pragma(Database& database, const std::string& name) {
    return database.connection().execAndGet("PRAGMA " + name).getString();
}

const int kShipped = static_cast<int>(migrations().size());

/// A chat with the messages, in a database of version 1, whose tables today's stores do not know.
void addChatOfVersion1(Database& old, const std::vector<std::string>& messages) {
    SQLite::Database& sql = old.connection();
    sql.exec("INSERT INTO chats (id, title, created_at_ms, updated_at_ms) VALUES (1, 'an old chat', 1, 1)");
    for (const std::string& message : messages) {
        SQLite::Statement insert(sql,
                                 "INSERT INTO messages (chat_id, role, text, state, created_at_ms) "
                                 "VALUES (1, 'user', ?, 'complete', 1)");
        insert.bind(1, message);
        insert.exec();
    }
    sql.exec("UPDATE chats SET leaf_id = (SELECT max(id) FROM messages)");
}

/// A database of version 1 with something in it; what a dump of it says.
std::string makeOld(const fs::path& path) {
    Database old = Database::open(path, shippedSteps(1));
    addChatOfVersion1(old, {"an old message"});
    return dump(old);
}

}  // namespace

class DatabaseTest : public QObject {
    Q_OBJECT

 private slots:
    void aNewOneIsMade();
    void nobodyElseMayRead();
    void anEmptyFileIsANewOne();
    void reopeningChangesNothing();
    void aBackupComesBeforeAMigration();
    void aBrokenBackupIsReplaced();
    void aDamagedDatabaseIsNotMigrated();
    void aFailingStepChangesNothing_data();
    void aFailingStepChangesNothing();
    void aKilledMigrationChangesNothing();
    void severalProcessesOpenAtOnce_data();
    void severalProcessesOpenAtOnce();
    void aTransactionIsWholeOrNothing();
    void aTransactionInsideJoins();
    void oldBackupsAreDropped();
};

void DatabaseTest::aNewOneIsMade() {
    const StoreFolder folder;
    Database database = Database::open(folder.path());
    QCOMPARE(database.version(), kShipped);
    QCOMPARE(pragma(database, "journal_mode"), std::string("wal"));
    QCOMPARE(pragma(database, "foreign_keys"), std::string("1"));
    QCOMPARE(pragma(database, "secure_delete"), std::string("1"));
    QCOMPARE(pragma(database, "synchronous"), std::string("2"));
    QCOMPARE(pragma(database, "temp_store"), std::string("2"));
    QCOMPARE(pragma(database, "application_id"), std::to_string(0x4c617265));
    QCOMPARE(verdict(database), std::string("ok"));
    QVERIFY(errorOf([&] {
                guarded([&] {
                    database.connection().exec(
                        "INSERT INTO messages (chat_id, role, text, state, created_at_ms) "
                        "VALUES (77, 'user', 'of no chat', 'complete', 1)");
                });
            }).has_value());
    QVERIFY(!fs::exists(folder.path().string() + ".before-0001"));
}

void DatabaseTest::nobodyElseMayRead() {
    const StoreFolder folder;
    makeOld(folder.path());
    Database database = Database::open(folder.path());
    ChatStore(database).createChat("written", 1);
    int files = 0;
    for (const auto& entry : fs::directory_iterator(folder.folder())) {
        QCOMPARE(int(entry.status().permissions()), int(fs::perms::owner_read | fs::perms::owner_write));
        ++files;
    }
    QCOMPARE(files, 4);  // the database, its -wal and -shm, the backup
}

void DatabaseTest::anEmptyFileIsANewOne() {
    const StoreFolder folder;
    writeBytes(folder.path(), "");
    QCOMPARE(Database::open(folder.path()).version(), kShipped);
}

void DatabaseTest::reopeningChangesNothing() {
    const StoreFolder folder;
    makeOld(folder.path());
    { Database::open(folder.path()); }
    const auto before = contentOf(folder.folder());
    { Database::open(folder.path()); }
    QVERIFY(contentOf(folder.folder()) == before);
}

void DatabaseTest::aBackupComesBeforeAMigration() {
    const StoreFolder folder;
    const std::string before = makeOld(folder.path());
    Database database = Database::open(folder.path());
    QCOMPARE(database.version(), kShipped);
    QCOMPARE(ChatStore(database).listChats().size(), std::size_t(1));

    const fs::path backup = folder.path().string() + ".before-0002";
    QVERIFY(fs::exists(backup));
    for (const auto& [name, bytes] : contentOf(folder.folder())) {
        QVERIFY2(name.find("partial") == std::string::npos, name.c_str());
    }
    Database copy = Database::open(backup, shippedSteps(1));
    QCOMPARE(copy.version(), 1);
    QCOMPARE(dump(copy), before);
    QCOMPARE(verdict(copy), std::string("ok"));
}

void DatabaseTest::aBrokenBackupIsReplaced() {
    const StoreFolder folder;
    const std::string before = makeOld(folder.path());
    const std::string backup = folder.path().string() + ".before-0002";
    // A kill while the copy was written leaves these; the journal would be played back into the new copy.
    writeBytes(backup + ".partial", "half a copy");
    writeBytes(backup + ".partial-journal", std::string("\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", 8) + std::string(600, 'x'));
    { Database::open(folder.path()); }
    Database copy = Database::open(backup, shippedSteps(1));
    QCOMPARE(dump(copy), before);
}

void DatabaseTest::aDamagedDatabaseIsNotMigrated() {
    const StoreFolder folder;
    {
        Database old = Database::open(folder.path(), shippedSteps(1));
        std::vector<std::string> messages;
        for (int i = 0; i < 300; ++i) messages.push_back("message " + childText(300));
        addChatOfVersion1(old, messages);
    }
    std::string bytes = bytesOf(folder.path());
    QVERIFY(bytes.size() > 30 * 4096);
    // Not the schema, which is read at any opening: pages in the middle.
    std::fill(bytes.begin() + 24 * 4096, bytes.begin() + 28 * 4096, '\x7f');
    writeBytes(folder.path(), bytes);
    const auto error = errorOf([&] { Database::open(folder.path()); });
    QVERIFY(error && error->kind() == ErrorKind::corrupt);
    QVERIFY(bytesOf(folder.path()) == bytes);
    QVERIFY(!fs::exists(folder.path().string() + ".before-0002"));
}

void DatabaseTest::aFailingStepChangesNothing_data() {
    QTest::addColumn<QString>("sql");
    QTest::newRow("wrong SQL after right SQL") << "CREATE TABLE a (b) STRICT; DELETE FROM messages; SELECT nonsense;";
    QTest::newRow("a table that is there") << "DELETE FROM messages; CREATE TABLE chats (id INTEGER) STRICT;";
    QTest::newRow("broken references") << "UPDATE messages SET chat_id = 4711;";
    QTest::newRow("broken constraint") << "INSERT INTO settings VALUES ('a', '1'), ('a', '2');";
}

void DatabaseTest::aFailingStepChangesNothing() {
    QFETCH(QString, sql);
    const StoreFolder folder;
    std::string before;
    {
        Stores stores(Database::open(folder.path()));
        stores.chats.addMessage(stores.chats.createChat("chat", 1), 0, Role::user, "kept", MessageState::complete, 1);
        before = dump(stores.database);
    }
    const std::string text = sql.toStdString();
    for (int attempt = 0; attempt < 2; ++attempt) {
        const auto error = errorOf([&] { Database::open(folder.path(), stepsWith(text)); });
        QVERIFY(error && error->kind() == ErrorKind::internal);
        QVERIFY(!error->detail().empty());
    }
    Database database = Database::open(folder.path());
    QCOMPARE(database.version(), kShipped);
    QCOMPARE(dump(database), before);
    QCOMPARE(verdict(database), std::string("ok"));
}

void DatabaseTest::aKilledMigrationChangesNothing() {
    const StoreFolder folder;
    std::string before;
    {
        Stores stores(Database::open(folder.path()));
        stores.chats.addMessage(stores.chats.createChat("chat", 1), 0, Role::user, "kept", MessageState::complete, 1);
        before = dump(stores.database);
    }
    char suffix[16];
    std::snprintf(suffix, sizeof suffix, ".before-%04d", kShipped + 1);
    {
        Child child({"migrate-slowly", QString::fromStdString(folder.path().string())});
        QVERIFY(child.said("opening"));
        QTRY_VERIFY_WITH_TIMEOUT(fs::exists(folder.path().string() + suffix), 10000);
        // The cache holds 2 MB; once the WAL is larger, the step is in the middle of writing.
        QTRY_VERIFY_WITH_TIMEOUT(fs::file_size(folder.path().string() + "-wal") > 1'000'000, 20000);
        QCOMPARE(child.state(), QProcess::Running);
    }
    Database database = Database::open(folder.path());
    QCOMPARE(database.version(), kShipped);
    QCOMPARE(dump(database), before);
    QCOMPARE(verdict(database), std::string("ok"));
}

void DatabaseTest::severalProcessesOpenAtOnce_data() {
    QTest::addColumn<bool>("old");
    QTest::newRow("new") << false;
    QTest::newRow("old") << true;
}

void DatabaseTest::severalProcessesOpenAtOnce() {
    QFETCH(bool, old);
    for (int round = 0; round < 4; ++round) {
        const StoreFolder folder;
        const std::string before = old ? makeOld(folder.path()) : "";
        const QString path = QString::fromStdString(folder.path().string());
        const QString momentMs = QString::number(QDateTime::currentMSecsSinceEpoch() + 250);
        std::vector<std::unique_ptr<Child>> children;
        for (int i = 0; i < 4; ++i) {
            children.push_back(std::make_unique<Child>(QStringList{"open-at", path, momentMs}));
        }
        for (const auto& child : children) {
            const auto lines = child->linesAtEnd();
            QCOMPARE(lines.join('\n'), "version " + QByteArray::number(kShipped + 1));
            QCOMPARE(child->exitCode(), 0);
        }
        Database database = Database::open(folder.path(), stepsWithExtra(1));
        QCOMPARE(verdict(database), std::string("ok"));
        QCOMPARE(ChatStore(database).listChats().size(), std::size_t(old ? 5 : 4));
        if (old) {
            Database copy = Database::open(folder.path().string() + ".before-0002", shippedSteps(1));
            QCOMPARE(dump(copy), before);
        }
    }
}

void DatabaseTest::aTransactionIsWholeOrNothing() {
    Stores stores(Database::inMemory());
    const std::string before = dump(stores.database);
    const auto error = errorOf([&] {
        stores.database.inTransaction([&] {
            const auto chatId = stores.chats.createChat("never", 1);
            stores.chats.addMessage(chatId, 0, Role::user, "never", MessageState::complete, 1);
            stores.chats.addMessage(chatId, 12345, Role::user, "no such parent", MessageState::complete, 1);
        });
    });
    QVERIFY(error && error->kind() == ErrorKind::notFound);
    QCOMPARE(dump(stores.database), before);

    // Other exceptions come through as they are and undo as well.
    QVERIFY_EXCEPTION_THROWN(stores.database.inTransaction([&] {
        stores.chats.createChat("never", 1);
        throw std::logic_error("of the caller");
    }),
                             std::logic_error);
    QCOMPARE(dump(stores.database), before);
    QCOMPARE(stores.database.inTransaction([&] { return stores.chats.createChat("kept", 1); }), std::int64_t(1));
    QCOMPARE(stores.chats.listChats().size(), std::size_t(1));
}

void DatabaseTest::aTransactionInsideJoins() {
    Stores stores(Database::inMemory());
    stores.database.inTransaction([&] {
        stores.database.inTransaction([&] { stores.chats.createChat("inner", 1); });
        stores.chats.createChat("outer", 1);
    });
    QCOMPARE(stores.chats.listChats().size(), std::size_t(2));
    QVERIFY(errorOf([&] {
                stores.database.inTransaction([&] {
                    stores.database.inTransaction([&] { stores.chats.createChat("inner", 1); });
                    stores.chats.chat(999);
                });
            }).has_value());
    QCOMPARE(stores.chats.listChats().size(), std::size_t(2));
}

void DatabaseTest::oldBackupsAreDropped() {
    const StoreFolder folder;
    makeOld(folder.path());
    Database database = Database::open(folder.path());
    const std::string backup = folder.path().string() + ".before-0002";
    const std::string other = folder.folder() / "other.db.before-0002";
    writeBytes(other, "somebody else's");
    const std::int64_t nowMs = QDateTime::currentMSecsSinceEpoch();
    database.dropOldCopies(nowMs - 60'000);
    QVERIFY(fs::exists(backup));
    database.dropOldCopies(nowMs + 60'000);
    QVERIFY(!fs::exists(backup));
    QVERIFY(fs::exists(other));
    QVERIFY(fs::exists(folder.path()));
}

QTEST_GUILESS_MAIN(DatabaseTest)
#include "tst_database.moc"

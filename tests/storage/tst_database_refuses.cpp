// What is not opened: each with a sentence for the person, and nothing in the folder changed by the attempt.
#include "tests/storage/child_process.h"
#include "tests/storage/storage_fixture.h"

#include <SQLiteCpp/Statement.h>
#include <unistd.h>
#include <QElapsedTimer>
#include <QtTest>

using namespace lares::storage;
using namespace lares::storage_test;
namespace fs = std::filesystem;

namespace {

constexpr uid_t kNobody = 65534;

/// Root may write everywhere; while this lives, the test is somebody who may not.
class OrdinaryUser {
 public:
    OrdinaryUser() : m_wasRoot(geteuid() == 0) {
        if (m_wasRoot && seteuid(kNobody) != 0) qFatal("cannot become an ordinary user");
    }
    ~OrdinaryUser() {
        if (m_wasRoot && seteuid(0) != 0) qFatal("cannot become root again");
    }
    OrdinaryUser(const OrdinaryUser&) = delete;
    OrdinaryUser& operator=(const OrdinaryUser&) = delete;
    /// Gives a file to whom the test then is.
    static void give(const fs::path& path) {
        if (geteuid() == 0 && chown(path.c_str(), kNobody, kNobody) != 0) qFatal("cannot give a file away");
    }

 private:
    bool m_wasRoot;
};

void makeWithChats(const fs::path& path, int messages = 50) {
    Database database = Database::open(path);
    ChatStore chats(database);
    const auto chatId = chats.createChat("a chat", 1);
    for (int i = 0; i < messages; ++i) {
        chats.addMessage(chatId, 0, Role::user, childText(500), MessageState::complete, 1);
    }
}

/// A database of somebody else, in WAL mode or not.
void makeForeign(const fs::path& path, const std::string& pragmas) {
    SQLite::Database other(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    other.exec(pragmas);
    other.exec("CREATE TABLE songs (name TEXT); INSERT INTO songs VALUES ('theirs');");
}

}  // namespace

class DatabaseRefusesTest : public QObject {
    Q_OBJECT

 private slots:
    void newer();
    void newerInTheWalOnly();
    void foreign_data();
    void foreign();
    void foreignInTheWalOnly();
    void noDatabase_data();
    void noDatabase();
    void truncated_data();
    void truncated();
    void damagedInTheMiddle();
    void noSuchFolder();
    void aFolder();
    void readOnlyFolder();
    void lockedByAnotherProcess();

 private:
    /// Opening `path` throws this kind, with a sentence, and leaves all files in the folder as they are.
    void verifyRefused(const StoreFolder& folder, ErrorKind kind, const QString& sentencePart);
};

void DatabaseRefusesTest::verifyRefused(const StoreFolder& folder, ErrorKind kind, const QString& sentencePart) {
    const auto before = contentOf(folder.folder());
    for (int attempt = 0; attempt < 2; ++attempt) {
        const auto error = errorOf([&] { Database::open(folder.path()); });
        QVERIFY(error.has_value());
        QCOMPARE(int(error->kind()), int(kind));
        QVERIFY2(QString(error->what()).contains(sentencePart), error->what());
        QVERIFY2(QString(error->what()).contains('.'), error->what());
    }
    const auto after = contentOf(folder.folder());
    for (const auto& [name, bytes] : after) {
        // A WAL that a crash left can be read only with its index beside it.
        const bool readersIndex = name == "lares.db-shm" && before.count("lares.db-wal") > 0;
        QVERIFY2(readersIndex || (before.count(name) > 0 && before.at(name) == bytes), name.c_str());
    }
    for (const auto& [name, bytes] : before) QVERIFY2(after.count(name) > 0, name.c_str());
}

void DatabaseRefusesTest::newer() {
    const StoreFolder folder;
    { Database::open(folder.path(), stepsWithExtra(1)); }
    verifyRefused(folder, ErrorKind::newer, "newer version of Lares");
}

void DatabaseRefusesTest::newerInTheWalOnly() {
    const StoreFolder folder, crashed;
    { Database::open(folder.path()); }
    const std::string header = bytesOf(folder.path());
    {
        const Database newer = Database::open(folder.path(), stepsWithExtra(1));
        // As a power cut would leave it: the new version committed, but not in the main file.
        QCOMPARE(bytesOf(folder.path()).substr(0, 100), header.substr(0, 100));
        writeBytes(crashed.path(), bytesOf(folder.path()));
        writeBytes(crashed.path().string() + "-wal", bytesOf(folder.path().string() + "-wal"));
    }
    verifyRefused(crashed, ErrorKind::newer, "newer version of Lares");
}

void DatabaseRefusesTest::foreign_data() {
    QTest::addColumn<QString>("pragmas");
    QTest::newRow("no id") << "";
    QTest::newRow("no id, WAL") << "PRAGMA journal_mode=WAL";
    QTest::newRow("another id") << "PRAGMA application_id=12345";
    QTest::newRow("another id, WAL") << "PRAGMA journal_mode=WAL; PRAGMA application_id=12345";
    QTest::newRow("another id, our version") << "PRAGMA application_id=12345; PRAGMA user_version=2";
    QTest::newRow("UTF-16") << "PRAGMA encoding='UTF-16'";
    QTest::newRow("large pages") << "PRAGMA page_size=65536";
}

void DatabaseRefusesTest::foreign() {
    QFETCH(QString, pragmas);
    const StoreFolder folder;
    makeForeign(folder.path(), pragmas.toStdString());
    verifyRefused(folder, ErrorKind::corrupt, "none that Lares made");
}

void DatabaseRefusesTest::foreignInTheWalOnly() {
    const StoreFolder folder, crashed;
    SQLite::Database other(folder.path().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    other.exec("PRAGMA journal_mode=WAL; CREATE TABLE songs (name TEXT);");
    writeBytes(crashed.path(), bytesOf(folder.path()));
    writeBytes(crashed.path().string() + "-wal", bytesOf(folder.path().string() + "-wal"));
    verifyRefused(crashed, ErrorKind::corrupt, "none that Lares made");
}

void DatabaseRefusesTest::noDatabase_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("one byte") << QByteArray("x");
    QTest::newRow("text") << QByteArray("Dear diary, ").repeated(1000);
    QTest::newRow("zeros") << QByteArray(100'000, '\0');
    QTest::newRow("the magic alone") << QByteArray("SQLite format 3\0", 16);
    QTest::newRow("the magic and text") << QByteArray("SQLite format 3\0", 16) + QByteArray("diary ").repeated(1000);
}

void DatabaseRefusesTest::noDatabase() {
    QFETCH(QByteArray, bytes);
    const StoreFolder folder;
    writeBytes(folder.path(), bytes.toStdString());
    const bool looksForeign = bytes.startsWith("SQLite") && bytes.size() > 16;
    verifyRefused(folder, ErrorKind::corrupt, looksForeign ? "none that Lares made" : "damaged or is something else");
}

void DatabaseRefusesTest::truncated_data() {
    QTest::addColumn<int>("bytes");
    for (const int bytes : {1, 99, 100, 105, 512, 4095, 4096, 8192, 40'000}) QTest::addRow("%d bytes", bytes) << bytes;
}

void DatabaseRefusesTest::truncated() {
    QFETCH(int, bytes);
    const StoreFolder folder;
    makeWithChats(folder.path());
    const std::string whole = bytesOf(folder.path());
    QVERIFY(whole.size() > 45'000);
    writeBytes(folder.path(), whole.substr(0, bytes));
    verifyRefused(folder, ErrorKind::corrupt, "damaged or is something else");
}

void DatabaseRefusesTest::damagedInTheMiddle() {
    const StoreFolder folder;
    makeWithChats(folder.path(), 400);
    std::string whole = bytesOf(folder.path());
    for (std::size_t at = 4096; at + 4096 <= whole.size(); at += 4096) std::fill_n(whole.begin() + at, 3000, '\xee');
    writeBytes(folder.path(), whole);
    // Opening reads the schema, which is whole here; the sentence comes with the first thing that is asked.
    const auto error = errorOf([&] {
        Database database = Database::open(folder.path());
        ChatStore(database).listChats();
    });
    QVERIFY(error && error->kind() == ErrorKind::corrupt);
    QVERIFY(QString(error->what()).contains("damaged"));
    QVERIFY(bytesOf(folder.path()) == whole);
}

void DatabaseRefusesTest::noSuchFolder() {
    const auto error = errorOf([] { Database::open("/no/such/folder/lares.db"); });
    QVERIFY(error && error->kind() == ErrorKind::io);
    QVERIFY(QString(error->what()).contains("Check that its folder exists"));
}

void DatabaseRefusesTest::aFolder() {
    const StoreFolder folder;
    fs::create_directory(folder.path());
    verifyRefused(folder, ErrorKind::io, "cannot be read or written");
}

void DatabaseRefusesTest::readOnlyFolder() {
    const StoreFolder empty, withDatabase;
    makeWithChats(withDatabase.path());
    OrdinaryUser::give(withDatabase.path());
    for (const StoreFolder* folder : {&empty, &withDatabase}) {
        OrdinaryUser::give(folder->folder());
        fs::permissions(folder->folder(), fs::perms::owner_read | fs::perms::owner_exec);
    }
    {
        const OrdinaryUser user;
        verifyRefused(empty, ErrorKind::io, "you may write there");
        verifyRefused(withDatabase, ErrorKind::io, "you may write there");
        fs::permissions(withDatabase.folder(), fs::perms::owner_all);
        Database::open(withDatabase.path());  // and with the right to write, all is there
        fs::permissions(withDatabase.path(), fs::perms::owner_read);
        verifyRefused(withDatabase, ErrorKind::io, "you may write there");
    }
}

void DatabaseRefusesTest::lockedByAnotherProcess() {
    const StoreFolder folder;
    makeWithChats(folder.path());
    Database database = Database::open(folder.path());
    ChatStore chats(database);
    database.connection().setBusyTimeout(100);
    Child child({"hold", QString::fromStdString(folder.path().string())});
    QVERIFY(child.said("held"));

    const auto error = errorOf([&] { chats.createChat("not now", 1); });
    QVERIFY(error && error->kind() == ErrorKind::busy);
    QVERIFY(QString(error->what()).contains("Close the other program"));
    QCOMPARE(chats.listChats().size(), std::size_t(1));  // reading goes on

    child.closeWriteChannel();
    QVERIFY(child.waitForFinished());
    chats.createChat("now", 2);
    QCOMPARE(chats.listChats().size(), std::size_t(2));

    // A migration cannot wait for ever either.
    Child again({"hold", QString::fromStdString(folder.path().string())});
    QVERIFY(again.said("held"));
    QElapsedTimer clock;
    clock.start();
    const auto late = errorOf([&] { Database::open(folder.path(), stepsWithExtra(1)); });
    QVERIFY(late && late->kind() == ErrorKind::busy);
    QVERIFY(clock.elapsed() >= 4000 && clock.elapsed() < 20000);
}

QTEST_GUILESS_MAIN(DatabaseRefusesTest)
#include "tst_database_refuses.moc"

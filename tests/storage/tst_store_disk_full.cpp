// The disk fills up at any single write: each verb then either happened wholly or threw diskFull and changed nothing,
// and goes on once there is room. The largest file allowed (RLIMIT_FSIZE) is the same failure from the real kernel.
#include "tests/storage/full_disk.h"
#include "tests/storage/storage_fixture.h"

#include <sys/resource.h>
#include <cerrno>
#include <csignal>
#include <functional>
#include <QtTest>

using namespace lares::storage;
using namespace lares::storage_test;

namespace {

void verifyDiskFull(const Error& error) {
    QVERIFY2(error.kind() == ErrorKind::diskFull, (std::string(error.what()) + " " + error.detail()).c_str());
    QVERIFY(QString(error.what()).contains("Free some space and try again"));
}

}  // namespace

class StoreDiskFullTest : public QObject {
    Q_OBJECT

 private slots:
    void cleanup() { FullDisk::makeRoom(); }
    void everyWriteOfEveryVerb_data();
    void everyWriteOfEveryVerb();
    void aQuotaIsTheSame();
    void purge();
    void openingANewOne();
    void migrating();
    void theLargestFileAllowed();

 private:
    void fillStores(const StoreFolder& folder);
    FullDisk m_disk;
    std::int64_t m_chatId = 0, m_answerId = 0, m_deletedId = 0;
};

void StoreDiskFullTest::fillStores(const StoreFolder& folder) {
    Stores stores(Database::open(folder.path()));
    stores.database.inTransaction([&] {
        m_chatId = stores.chats.createChat("a chat", 1);
        for (int i = 0; i < 5; ++i) {
            stores.chats.addMessage(m_chatId, 0, Role::user, childText(3000), MessageState::complete, 1);
        }
        m_answerId = stores.chats.addMessage(m_chatId, 0, Role::assistant, "so far", MessageState::writing, 1);
        m_deletedId = stores.chats.createChat("trash", 1);
        stores.chats.addMessage(m_deletedId, 0, Role::user, "rubbishmarker " + childText(5000), MessageState::complete,
                                1);
        stores.chats.deleteChat(m_deletedId, 5);
    });
}

void StoreDiskFullTest::everyWriteOfEveryVerb_data() {
    QTest::addColumn<std::function<void(Stores&)>>("work");
    const auto row = [](const char* name, std::function<void(Stores&)> work) { QTest::newRow(name) << work; };
    row("createChat", [](Stores& s) { s.chats.createChat("new", 2); });
    row("addMessage", [this](Stores& s) {
        s.chats.addMessage(m_chatId, 0, Role::user, childText(20'000), MessageState::complete, 2);
    });
    row("saveText", [this](Stores& s) { s.chats.saveText(m_answerId, childText(9000), MessageState::writing); });
    row("finishMessage", [this](Stores& s) {
        s.chats.finishMessage(m_answerId, childText(20'000), MessageState::complete, "{\"a\":1}");
    });
    row("submit", [this](Stores& s) {
        s.database.inTransaction([&] {
            const auto question = s.chats.addMessage(m_chatId, 0, Role::user, "q", MessageState::complete, 2);
            s.chats.addMessage(m_chatId, question, Role::assistant, "", MessageState::writing, 2);
        });
    });
    row("renameChat", [this](Stores& s) { s.chats.renameChat(m_chatId, "another title"); });
    row("deleteChat", [this](Stores& s) { s.chats.deleteChat(m_chatId, 2); });
    row("undoDelete", [this](Stores& s) { s.chats.undoDelete(m_deletedId); });
    row("recoverInterrupted", [](Stores& s) { s.chats.recoverInterrupted(); });
    row("duplicateChat", [this](Stores& s) { s.chats.duplicateChat(m_chatId, "copy", 2); });
    row("addTree", [](Stores& s) {
        s.chats.addTree({.title = "in", .messages = {{.text = childText(9000)}, {.parent = 0, .text = "b"}}});
    });
    row("putSummary", [this](Stores& s) { s.chats.putSummary(m_answerId, "short", 2); });
    row("drafts", [](Stores& s) { s.library.setDraft(0, "half"); });
    row("settings", [](Stores& s) { s.settings.set("key", "[1]"); });
    row("models", [](Stores& s) { s.models.put(ModelRow{"/m.gguf", "M", "llama", "Q8_0"}); });
}

void StoreDiskFullTest::everyWriteOfEveryVerb() {
    QFETCH(std::function<void(Stores&)>, work);
    const StoreFolder folder;
    fillStores(folder);
    Stores stores(Database::open(folder.path()));
    const std::string before = dump(stores.database);
    int failures = 0;
    for (long writes = 0;; ++writes) {
        QVERIFY(writes < 1000);
        FullDisk::fill(writes);
        const auto error = errorOf([&] { work(stores); });
        FullDisk::makeRoom();
        if (!error) break;
        ++failures;
        verifyDiskFull(*error);
        QCOMPARE(dump(stores.database), before);
        const Database other = Database::open(folder.path());  // another process sees the same
        QCOMPARE(verdict(stores.database), std::string("ok"));
    }
    QVERIFY(!FullDisk::failed());
    QVERIFY(failures > 0);
    const std::string after = dump(stores.database);
    QVERIFY(after != before);
    QCOMPARE(verdict(stores.database), std::string("ok"));
    Database again = Database::open(folder.path());
    QCOMPARE(dump(again), after);
}

void StoreDiskFullTest::aQuotaIsTheSame() {
    const StoreFolder folder;
    fillStores(folder);
    Stores stores(Database::open(folder.path()));
    for (const int error : {EDQUOT, EFBIG}) {
        FullDisk::fill(0, error);
        const auto thrown = errorOf([&] { stores.chats.createChat("new", 2); });
        FullDisk::makeRoom();
        QVERIFY(thrown.has_value());
        verifyDiskFull(*thrown);
    }
    stores.chats.createChat("new", 2);
}

void StoreDiskFullTest::purge() {
    const StoreFolder filled;
    fillStores(filled);
    for (long writes = 0;; ++writes) {
        QVERIFY(writes < 1000);
        const StoreFolder folder;
        std::filesystem::copy_file(filled.path(), folder.path());
        Stores stores(Database::open(folder.path()));
        const std::string before = dump(stores.database);
        FullDisk::fill(writes);
        const auto error = errorOf([&] { stores.chats.purgeDeleted(100); });
        FullDisk::makeRoom();
        if (error) verifyDiskFull(*error);
        // Gone or not, never half; and once there is room, no trace is left.
        const bool gone = errorOf([&] { stores.chats.chat(m_deletedId); }).has_value();
        QVERIFY(gone || dump(stores.database) == before);
        QCOMPARE(stores.chats.purgeDeleted(100), gone ? 0 : 1);
        QCOMPARE(verdict(stores.database), std::string("ok"));
        QVERIFY(filesWith(folder.folder(), "rubbishmarker").empty());
        if (!error) break;
    }
}

void StoreDiskFullTest::openingANewOne() {
    int failures = 0;
    for (long writes = 0;; ++writes) {
        QVERIFY(writes < 1000);
        const StoreFolder folder;
        FullDisk::fill(writes);
        const auto error = errorOf([&] { Database::open(folder.path()); });
        FullDisk::makeRoom();
        if (!error) break;
        ++failures;
        verifyDiskFull(*error);
        Database database = Database::open(folder.path());
        QCOMPARE(verdict(database), std::string("ok"));
        QCOMPARE(database.version(), static_cast<int>(migrations().size()));
    }
    QVERIFY(failures > 3);
}

void StoreDiskFullTest::migrating() {
    const StoreFolder filled;
    fillStores(filled);
    std::string before;
    {
        Database database = Database::open(filled.path());
        before = dump(database);
    }
    int failures = 0;
    for (long writes = 0;; ++writes) {
        QVERIFY(writes < 1000);
        const StoreFolder folder;
        std::filesystem::copy_file(filled.path(), folder.path());
        FullDisk::fill(writes);
        const auto error = errorOf([&] { Database::open(folder.path(), stepsWithExtra(1)); });
        FullDisk::makeRoom();
        if (!error) break;
        ++failures;
        verifyDiskFull(*error);
        {
            Database old = Database::open(folder.path());  // the old program still can
            QCOMPARE(dump(old), before);
        }
    }
    QVERIFY(failures > 20);  // the backup's writes and the step's
}

void StoreDiskFullTest::theLargestFileAllowed() {
    const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
    rlimit usual{};
    QCOMPARE(getrlimit(RLIMIT_FSIZE, &usual), 0);
    const StoreFolder folder;
    fillStores(folder);
    Stores stores(Database::open(folder.path()));
    stores.chats.createChat("makes the WAL", 1);
    const std::string before = dump(stores.database);
    const auto walBytes = std::filesystem::file_size(folder.path().string() + "-wal");
    int failures = 0;
    for (rlim_t room = 0;; room += 1000) {
        QVERIFY(room < 1'000'000);
        rlimit limit = usual;
        limit.rlim_cur = walBytes + room;
        setrlimit(RLIMIT_FSIZE, &limit);
        const auto error = errorOf(
            [&] { stores.chats.addMessage(m_chatId, 0, Role::user, childText(20'000), MessageState::complete, 2); });
        setrlimit(RLIMIT_FSIZE, &usual);
        if (!error) break;
        ++failures;
        verifyDiskFull(*error);
        QCOMPARE(dump(stores.database), before);
    }
    std::signal(SIGXFSZ, ignored);
    QVERIFY(failures > 5);
    QCOMPARE(stores.chats.shownMessages(m_chatId).back().text, childText(20'000));
    QCOMPARE(verdict(stores.database), std::string("ok"));
}

QTEST_GUILESS_MAIN(StoreDiskFullTest)
#include "tst_store_disk_full.moc"

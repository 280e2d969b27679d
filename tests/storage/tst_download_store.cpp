// Downloads with their journal, the log of connections, where files come from.
#include "tests/storage/storage_fixture.h"

#include <QtTest>

using namespace lares::storage;
using namespace lares::storage_test;

namespace {

DownloadRow twoParts() {
    return {.id = 0,
            .repository = "owner/name",
            .revision = "c0ffee",
            .name = "Name, Q4_K_M",
            .folder = "/models/owner/name",
            .state = DownloadState::open,
            .failure = {},
            .createdAtMs = 7,
            .files = {{"name-00001-of-00002.gguf", 100, std::string(64, 'a')},
                      {"name-00002-of-00002.gguf", 50, std::string(64, 'b')}}};
}

}  // namespace

class DownloadStoreTest : public QObject {
    Q_OBJECT

 private slots:
    void downloadsAreKeptWithTheirFiles() {
        const StoreFolder folder;
        std::int64_t id = 0;
        { id = Stores(Database::open(folder.path())).downloads.add(twoParts()); }
        Stores stores(Database::open(folder.path()));
        stores.downloads.setState(id, DownloadState::failed, "The disk is full.");
        const DownloadRow row = stores.downloads.list().at(0);
        QCOMPARE(row.id, id);
        QCOMPARE(row.repository + row.revision + row.name + row.folder,
                 std::string("owner/namec0ffeeName, Q4_K_M/models/owner/name"));
        QVERIFY(row.state == DownloadState::failed);
        QCOMPARE(row.failure, std::string("The disk is full."));
        QCOMPARE(row.files.size(), std::size_t(2));
        QCOMPARE(row.files[1].path, std::string("name-00002-of-00002.gguf"));
        QCOMPARE(row.files[1].sizeBytes, std::int64_t(50));
    }

    void blocksAreKeptPerFile() {
        Stores stores(Database::inMemory());
        const std::int64_t id = stores.downloads.add(twoParts());
        stores.downloads.putBlocks(id, 0, {{0, Sha256{1}}, {2, Sha256{3}}});
        stores.downloads.putBlocks(id, 1, {{0, Sha256{9}}});
        stores.downloads.putBlocks(id, 0, {{0, Sha256{2}}});  // fetched again
        const auto blocks = stores.downloads.blocks(id, 0);
        QCOMPARE(blocks.size(), std::size_t(2));
        QVERIFY(blocks[0].sha256 == Sha256{2} && blocks[1].block == 2 && blocks[1].sha256 == Sha256{3});
        stores.downloads.remove(id);
        QVERIFY(stores.downloads.list().empty() && stores.downloads.blocks(id, 0).empty());
        stores.downloads.putBlocks(id, 0, {{1, Sha256{1}}});  // too late: no error, nothing kept
        QVERIFY(stores.downloads.blocks(id, 0).empty());
    }

    void connectionsAreListedNewestFirst() {
        Stores stores(Database::inMemory());
        ConnectionRow row{.id = 5, .startedAtMs = 10, .endedAtMs = {}, .host = "a", .reason = "search", .result = {}};
        stores.connections.put(row);
        row.endedAtMs = 20;
        row.bytesDown = 99;
        row.result = "200";
        stores.connections.put(row);
        stores.connections.put({.id = 4, .startedAtMs = 30, .endedAtMs = {}, .host = "b", .reason = "r", .result = {}});
        const auto rows = stores.connections.list();
        QCOMPARE(rows.size(), std::size_t(2));
        QCOMPARE(rows[0].host, std::string("b"));
        QVERIFY(!rows[0].endedAtMs);
        QCOMPARE(rows[1].bytesDown, std::int64_t(99));
        QCOMPARE(*rows[1].endedAtMs, std::int64_t(20));
        QCOMPARE(stores.connections.list(1).size(), std::size_t(1));
        stores.connections.erase();
        QCOMPARE(stores.connections.count(), std::int64_t(0));
    }

    void originsAreKept() {
        Stores stores(Database::inMemory());
        QVERIFY(!stores.origins.of("/m.gguf"));
        stores.origins.put({"/m.gguf", "owner/name", "c0ffee", "m.gguf", std::string(64, 'a'), "Ollama"});
        QCOMPARE(stores.origins.of("/m.gguf")->program, std::string("Ollama"));
        stores.origins.remove("/m.gguf");
        QVERIFY(!stores.origins.of("/m.gguf"));
    }
};

QTEST_GUILESS_MAIN(DownloadStoreTest)
#include "tst_download_store.moc"

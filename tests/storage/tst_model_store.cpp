// Models that were added by hand: facts, order, forgetting.
#include "tests/storage/storage_fixture.h"

#include <QtTest>

using namespace lares::storage;
using namespace lares::storage_test;

namespace {

ModelRow model(const std::string& path, std::int64_t addedAtMs) {
    return {.path = path,
            .name = "Name of " + path,
            .architecture = "llama",
            .quantisation = "Q4_K_M",
            .sizeBytes = 5'000'000'000,
            .parameterCount = 8'030'261'248,
            .contextLength = 131'072,
            .addedAtMs = addedAtMs};
}

std::vector<std::string> paths(ModelStore& models) {
    std::vector<std::string> all;
    for (const ModelRow& row : models.list()) all.push_back(row.path);
    return all;
}

using Paths = std::vector<std::string>;

}  // namespace

class ModelStoreTest : public QObject {
    Q_OBJECT

 private slots:
    void factsAreKept();
    void newFactsReplaceOldOnes();
    void lastUsedFirst();
    void removing();
    void unusualPaths();
};

void ModelStoreTest::factsAreKept() {
    const StoreFolder folder;
    { Stores(Database::open(folder.path())).models.put(model("/models/a.gguf", 5)); }
    Stores stores(Database::open(folder.path()));
    const ModelRow row = stores.models.list().at(0);
    QCOMPARE(row.path, std::string("/models/a.gguf"));
    QCOMPARE(row.name, std::string("Name of /models/a.gguf"));
    QCOMPARE(row.architecture, std::string("llama"));
    QCOMPARE(row.quantisation, std::string("Q4_K_M"));
    QCOMPARE(row.sizeBytes, std::int64_t(5'000'000'000));
    QCOMPARE(row.parameterCount, std::int64_t(8'030'261'248));
    QCOMPARE(row.contextLength, std::int64_t(131'072));
    QCOMPARE(row.addedAtMs, std::int64_t(5));
    QCOMPARE(row.usedAtMs, std::int64_t(0));
}

void ModelStoreTest::newFactsReplaceOldOnes() {
    Stores stores(Database::inMemory());
    stores.models.put(model("/a", 5));
    stores.models.markUsed("/a", 6);
    ModelRow other = model("/a", 99);
    other.name = "another file under the name";
    other.sizeBytes = 1;
    stores.models.put(other);
    QCOMPARE(stores.models.list().size(), std::size_t(1));
    const ModelRow row = stores.models.list().at(0);
    QCOMPARE(row.name, other.name);
    QCOMPARE(row.sizeBytes, std::int64_t(1));
    QCOMPARE(row.addedAtMs, std::int64_t(5));
    QCOMPARE(row.usedAtMs, std::int64_t(6));
}

void ModelStoreTest::lastUsedFirst() {
    Stores stores(Database::inMemory());
    for (const auto& [path, addedAtMs] : {std::pair("/c", 1), std::pair("/b", 2), std::pair("/a", 2)}) {
        stores.models.put(model(path, addedAtMs));
    }
    QCOMPARE(paths(stores.models), (Paths{"/a", "/b", "/c"}));
    stores.models.markUsed("/c", 10);
    stores.models.markUsed("/b", 9);
    QCOMPARE(paths(stores.models), (Paths{"/c", "/b", "/a"}));
    stores.models.markUsed("/unknown", 11);
    QCOMPARE(stores.models.list().size(), std::size_t(3));
}

void ModelStoreTest::removing() {
    Stores stores(Database::inMemory());
    stores.models.put(model("/a", 1));
    QVERIFY(!stores.models.remove("/b"));
    QVERIFY(stores.models.remove("/a"));
    QVERIFY(!stores.models.remove("/a"));
    QVERIFY(stores.models.list().empty());
}

void ModelStoreTest::unusualPaths() {
    Stores stores(Database::inMemory());
    // A file name on Linux is bytes: case counts, and UTF-8 is a habit only.
    const Paths unusual = {
        "/A", "/a", "/it's \"quoted\"", "/caf\xe9", "/\xf0\x9f\xa6\x99", "/" + std::string(4000, 'x')};
    for (const std::string& path : unusual) stores.models.put(model(path, 1));
    QCOMPARE(stores.models.list().size(), unusual.size());
    for (const std::string& path : unusual) QVERIFY(stores.models.remove(path));
}

QTEST_GUILESS_MAIN(ModelStoreTest)
#include "tst_model_store.moc"

// Settings: a key and its JSON, which the store does not look into.
#include "tests/storage/storage_fixture.h"

#include <QtTest>

using namespace lares::storage;
using namespace lares::storage_test;

using Settings = std::vector<std::pair<std::string, std::string>>;

class SettingsStoreTest : public QObject {
    Q_OBJECT

 private slots:
    void setReplaceRemove();
    void theyOutliveTheProgram();
    void anyText();
};

void SettingsStoreTest::setReplaceRemove() {
    Stores stores(Database::inMemory());
    QVERIFY(stores.settings.all().empty());
    stores.settings.set("theme", "[\"dark\"]");
    stores.settings.set("seed", "[7]");
    QCOMPARE(stores.settings.all(), (Settings{{"seed", "[7]"}, {"theme", "[\"dark\"]"}}));
    stores.settings.set("theme", "[\"light\"]");
    stores.settings.remove("seed");
    stores.settings.remove("never there");
    QCOMPARE(stores.settings.all(), (Settings{{"theme", "[\"light\"]"}}));
}

void SettingsStoreTest::theyOutliveTheProgram() {
    const StoreFolder folder;
    { Stores(Database::open(folder.path())).settings.set("a", "[1]"); }
    QCOMPARE(Stores(Database::open(folder.path())).settings.all(), (Settings{{"a", "[1]"}}));
}

void SettingsStoreTest::anyText() {
    Stores stores(Database::inMemory());
    const std::string odd("it's\0\xff \"odd\"", 13);
    stores.settings.set(odd, odd);
    QCOMPARE(stores.settings.all(), (Settings{{odd, odd}}));
    stores.settings.remove(odd);
    QVERIFY(stores.settings.all().empty());
}

QTEST_GUILESS_MAIN(SettingsStoreTest)
#include "tst_settings_store.moc"

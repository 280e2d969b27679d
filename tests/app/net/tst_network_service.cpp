// The network as the person rules it: settings become the gate's policy at once; the log is kept, listed, exported.
#include "app/services/net/network_service.h"
#include "app/services/settings/settings_service.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace lares;
using namespace lares::app;

namespace {

struct Fixture {
    ~Fixture() { store.close(); }
    QTemporaryDir folder;
    StoreThread store{QStringLiteral("storage"), [path = folder.filePath("lares.db")] {
                          return std::make_unique<storage::Stores>(storage::Database::open(path.toStdString()));
                      }};
    SettingsService settings{store, {}};
    NetworkService network{store, settings, false};
};

}  // namespace

class TestNetworkService : public QObject {
    Q_OBJECT

 private slots:
    void settingsBecomeThePolicy() {
        Fixture f;
        QSignalSpy changed(&f.network, &NetworkService::policyChanged);
        QCOMPARE(f.network.policy(), NetworkPolicy());
        f.network.setOffline(true);
        QVERIFY(f.network.isOffline() && f.settings.value(setting::kOffline) == "on");
        f.network.setOffline(false);
        QVERIFY(f.settings.setValue(setting::kHub, "https://mirror.example.org"));
        QVERIFY(f.settings.setValue(setting::kProxy, "socks5://127.0.0.1:1080"));
        QVERIFY(f.settings.setValue(setting::kDownloadLimit, 500));
        QCOMPARE(f.network.policy().hub, QUrl("https://mirror.example.org"));
        QCOMPARE(f.network.policy().proxy, QString("socks5://127.0.0.1:1080"));
        QCOMPARE(f.network.bytesPerSecond(), 500'000);
        QCOMPARE(changed.size(), 5);
        QVERIFY(f.settings.setValue(setting::kTemperature, 1.0));
        QCOMPARE(changed.size(), 5);
        for (const char* odd : {"mirror.example.org", "ftp://x", "https://me:pw@x", "https://x?y", "file:///etc"}) {
            QVERIFY2(!f.settings.setValue(setting::kHub, odd), odd);
        }
    }

    void theOptionCannotBeOverruled() {
        Fixture f;
        NetworkService locked(f.store, f.settings, true);
        QVERIFY(locked.isOffline());
        locked.setOffline(false);
        QVERIFY(locked.isOffline());
    }

    void connectionsAreLogged() {
        Fixture f;
        const NetworkGate::Log log = f.network.log();
        storage::ConnectionRow row;
        row.id = 7;
        row.startedAtMs = 1'764'000'000'000;
        row.host = "huggingface.co";
        row.reason = "search for models";
        row.bytesUp = 300;
        log(row);
        row.endedAtMs = row.startedAtMs + 250;
        row.bytesDown = 4000;
        row.result = "200";
        log(row);
        QTRY_VERIFY(f.network.connections().size() == 1 && f.network.connections()[0].bytesDown == 4000);
        const QJsonArray exported = QJsonDocument::fromJson(toJson(f.network.connections())).array();
        QCOMPARE(exported.size(), 1);
        const QJsonObject first = exported[0].toObject();
        QCOMPARE(first["started"].toString(), QString("2025-11-24T16:00:00.000Z"));
        QCOMPARE(first["host"].toString() + first["reason"].toString() + first["result"].toString(),
                 QString("huggingface.cosearch for models200"));
        NetworkService later(f.store, f.settings, false);  // as after a restart
        QVERIFY(later.connections().isEmpty());
        later.list();
        QTRY_COMPARE(later.connections().size(), 1);
        later.forgetLog();
        QTRY_COMPARE(later.connections().size(), 0);
        QCOMPARE(toJson(later.connections()), QByteArray("[]"));
    }
};

QTEST_GUILESS_MAIN(TestNetworkService)
#include "tst_network_service.moc"

// Many downloads with faults drawn at random, a program that is killed in the middle, and what a byte costs. What is
// shown as ready must have the hub's hash, always; what is there must not be fetched again. The quick run is 500
// downloads of 256 KiB; with LARES_STORM_MIB in the environment they are that many MiB each.
#include "tests/app/net/network_fixture.h"

#include <QCoreApplication>
#include <QProcess>
#include <QRandomGenerator>

using namespace lares;
using namespace lares::app;
using namespace lares::test;

namespace {

constexpr qint64 kMiB = 1 << 20;

HubFault randomFault(QRandomGenerator& random, const HubRequest& request, qint64 sizeBytes) {
    HubFault fault;
    if (random.bounded(100) < 60) return fault;
    fault.at = qint64(random.bounded(double(sizeBytes)));
    if (!request.isStorage) {
        switch (random.bounded(8)) {
            case 0:
                fault.kind = HubFault::status;
                fault.code = 429;
                fault.extra = "Retry-After: 0\r\n";
                break;
            case 1:
                fault.kind = HubFault::status;
                fault.code = 503;
                break;
            case 2:
                fault.kind = HubFault::redirectLoop;
                break;
            case 3:
                fault.kind = HubFault::otherEtag;
                break;
            case 4:
                fault.kind = HubFault::page;
                break;
            case 5:
                fault.kind = HubFault::toPlainHttp;
                break;
            case 6:
                fault.kind = HubFault::relative;
                break;
            default:
                fault.kind = HubFault::bodyInRedirect;
                break;
        }
        return fault;
    }
    switch (random.bounded(9)) {
        case 0:
            fault.kind = HubFault::stall;
            break;
        case 1:
            fault.kind = HubFault::status;
            fault.code = 403;
            break;
        case 2:
            fault.kind = HubFault::status;
            fault.code = 416;
            break;
        case 3:
            fault.kind = HubFault::ignoreRange;
            break;
        case 4:
            fault.kind = HubFault::rangeAs200;
            break;
        case 5:
            fault.kind = HubFault::wrongByte;
            break;
        case 6:
            fault.kind = HubFault::longer;
            fault.at = 1 + fault.at % 1000;
            break;
        default:
            fault.kind = HubFault::cut;
            break;
    }
    return fault;
}

qint64 stormBytes() {
    const int mebibytes = qEnvironmentVariableIntValue("LARES_STORM_MIB");
    return mebibytes > 0 ? mebibytes * kMiB : 256 << 10;
}

/// What the child process does: goes on with all downloads that the store knows, until they are over or it is killed.
int goOnAsChild(const QStringList& arguments) {
    const QString folder = arguments.at(2);
    StoreThread store(QStringLiteral("storage"), [path = folder + QStringLiteral("/lares.db")] {
        return std::make_unique<storage::Stores>(storage::Database::open(path.toStdString()));
    });
    NetworkThread network(QStringLiteral("network"), Maker<Network>());
    DownloadService downloads(store, network);
    NetworkPolicy policy;
    policy.hub = QUrl(arguments.at(3));
    policy.proxy = QStringLiteral("none");
    network.replace([policy, sinks = downloads.sinks()] {
        return std::make_unique<Network>(
            policy, [](const storage::ConnectionRow&) {}, quickOptions(), sinks);
    });
    downloads.restore();
    const auto isOver = [&] {
        const auto& items = downloads.items();
        return !items.isEmpty() && std::all_of(items.begin(), items.end(),
                                               [](const DownloadItem& i) { return i.phase == DownloadPhase::ready; });
    };
    if (!QTest::qWaitFor([&] { return !downloads.items().isEmpty(); }, 10'000)) return 2;
    for (const DownloadItem& item : downloads.items()) downloads.resume(item.id);
    const int code = QTest::qWaitFor(isOver, 60'000) ? 0 : 3;
    network.close();
    store.close();
    return code;
}

}  // namespace

class TestDownloadStorm : public QObject {
    Q_OBJECT

 private slots:
    void everyReadyFileIsRight() {
        constexpr int kDownloads = 500;
        NetworkFixture f;
        f.close();
        f.options.downloads.parallel = 8;
        f.options.gate.silenceTimeoutMs = 150;
        f.open();
        const qint64 size = stormBytes();
        QRandomGenerator random(20251125);
        f.hub.setFaults([&random, size](const HubRequest& request) { return randomFault(random, request, size); });
        QList<DownloadTask> tasks;
        for (int i = 0; i < kDownloads; ++i) {
            const HubRepository model = smallModel(QStringLiteral("m%1").arg(i), size - i, quint64(i + 1));
            f.hub.add(model);
            tasks += f.taskOf(f.hub.repository(model.name));
            f.downloads->begin(tasks.last());
        }
        // A failure is what a person would see after several odd answers in a row; a person says "go on" again.
        QElapsedTimer clock;
        clock.start();
        const auto count = [&](DownloadPhase phase) {
            return std::count_if(f.downloads->items().begin(), f.downloads->items().end(),
                                 [&](const DownloadItem& i) { return i.phase == phase; });
        };
        int failures = 0;
        while (count(DownloadPhase::ready) < kDownloads &&
               clock.elapsed() < 100'000 * std::max<qint64>(1, size / kMiB)) {
            QTest::qWait(50);
            const QList<DownloadItem> items = f.downloads->items();
            for (const DownloadItem& item : items) {
                if (item.phase != DownloadPhase::failed) continue;
                QVERIFY2(!item.sentence.isEmpty() && !QFile::exists(item.path), qPrintable(item.path));
                ++failures;
                f.downloads->resume(item.id);
            }
        }
        QCOMPARE(count(DownloadPhase::ready), kDownloads);
        for (const DownloadTask& task : std::as_const(tasks)) QVERIFY2(f.isRight(task), qPrintable(task.name));
        QCOMPARE(f.loadable().size(), kDownloads);
        QVERIFY(f.hub.requests().size() > kDownloads * 5 / 2);  // or nothing went wrong, and nothing was tested
        qInfo("%d downloads of %lld bytes: %lld requests, %d said as failures, %lld ms", kDownloads,
              static_cast<long long>(size), static_cast<long long>(f.hub.requests().size()), failures,
              static_cast<long long>(clock.elapsed()));
    }

    void aKilledProgramFetchesNothingTwice() {
        NetworkFixture f;
        f.close();
        constexpr qint64 kSize = 24 * kMiB;
        QList<DownloadTask> tasks;
        {
            storage::Stores stores(storage::Database::open(f.folder.filePath("lares.db").toStdString()));
            for (int i = 0; i < 3; ++i) {
                const HubRepository model = smallModel(QStringLiteral("k%1").arg(i), kSize, quint64(i + 1));
                f.hub.add(model);
                tasks += f.taskOf(f.hub.repository(model.name));
                storage::DownloadRow row;
                row.repository = tasks.last().repository.toStdString();
                row.revision = tasks.last().revision.toStdString();
                row.name = row.repository;
                row.folder = tasks.last().folder.toStdString();
                for (const DownloadFile& file : tasks.last().files)
                    row.files.push_back({file.path.toStdString(), file.sizeBytes, file.sha256.toStdString()});
                stores.downloads.add(row);
            }
        }
        int kills = 0;
        for (bool ended = false; !ended && kills < 40;) {
            QProcess child;
            child.setProcessChannelMode(QProcess::ForwardedErrorChannel);
            child.start(QCoreApplication::applicationFilePath(), {"--go-on", f.folder.path(), f.hub.url().toString()});
            QVERIFY(child.waitForStarted());
            const qint64 before = f.hub.bodyBytesSent();
            // Killed once some more came; every kill is at another place.
            QElapsedTimer clock;
            clock.start();
            while (child.state() != QProcess::NotRunning && clock.elapsed() < 60'000 &&
                   f.hub.bodyBytesSent() - before < (kills + 2) * 3'000'017) {
                child.waitForFinished(1);
            }
            ended = child.state() == QProcess::NotRunning;
            if (ended) QCOMPARE(child.exitCode(), 0);
            for (const QString& name : f.loadable()) {
                const int index = name.mid(1, 1).toInt();
                QVERIFY2(f.isRight(tasks[index]), qPrintable(name));
            }
            if (ended) break;
            child.kill();
            child.waitForFinished();
            ++kills;
        }
        for (const DownloadTask& task : std::as_const(tasks)) QVERIFY(f.isRight(task));
        QVERIFY(kills >= 2);
        // What was on its way to each of the three when the program was killed is lost; not what was written.
        const qint64 twice = f.hub.bodyBytesSent() - 3 * kSize;
        qInfo("%d kills, %lld bytes sent again", kills, static_cast<long long>(twice));
        QVERIFY(twice < kills * qint64(3) * 2'000'000);
        f.open();
    }

    void aResumeFetchesLittleTwice() {
        NetworkFixture f;
        constexpr qint64 kSize = 32 * kMiB;
        const HubRepository model = smallModel("resumed", kSize);
        f.hub.add(model);
        f.hub.setFaults([](const HubRequest& request) {
            HubFault fault;
            if (request.isStorage && request.number < 4) fault = {HubFault::stall, 17 * kMiB + 12'345, 0, {}};
            return fault;
        });
        f.downloads->begin(f.taskOf(f.hub.repository(model.name)));
        QTRY_VERIFY(!f.downloads->items().isEmpty() && f.item().doneBytes >= 17 * kMiB);
        f.downloads->pause(f.item().id);
        QTRY_COMPARE(f.item().phase, DownloadPhase::paused);
        f.hub.setFaults({});
        f.restart();
        QTRY_COMPARE(f.downloads->items().size(), 1);
        f.downloads->resume(f.item().id);
        QTRY_COMPARE_WITH_TIMEOUT(f.item().phase, DownloadPhase::ready, 30'000);
        QVERIFY(f.isRight(f.taskOf(f.hub.repository(model.name))));
        QVERIFY2(f.hub.bodyBytesSent() < kSize + 2'000'000, qPrintable(QString::number(f.hub.bodyBytesSent() - kSize)));
    }
};

int main(int argc, char** argv) {
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() == 4 && arguments[1] == QLatin1String("--go-on")) return goOnAsChild(arguments);
    TestDownloadStorm test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_download_storm.moc"

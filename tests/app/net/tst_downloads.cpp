// Downloads against a hub of our own: twelve ways in which those of other programs went wrong (each test names one),
// and what pausing, stopping and a kill leave behind. Random faults in numbers are in tst_download_storm.
#include "tests/app/net/network_fixture.h"

using namespace lares;
using namespace lares::app;
using namespace lares::test;

namespace {

constexpr qint64 kMiB = 1 << 20;

HubFault fault(HubFault::Kind kind, qint64 at = 0, int code = 503, const QByteArray& extra = {}) {
    HubFault what;
    what.kind = kind;
    what.at = at;
    what.code = code;
    what.extra = extra;
    return what;
}

/// Once: the first request to the host that holds the bytes (or to the hub itself).
std::function<HubFault(const HubRequest&)> once(HubFault what, bool ofStorage = true) {
    return [what, ofStorage, done = false](const HubRequest& request) mutable {
        if (done || request.isStorage != ofStorage) return HubFault{};
        done = true;
        return what;
    };
}
std::function<HubFault(const HubRequest&)> always(HubFault what, bool ofStorage = true) {
    return [what, ofStorage](const HubRequest& request) { return request.isStorage == ofStorage ? what : HubFault{}; };
}

/// A part as if fetching had ended after `bytes`, without a journal.
void placePart(const DownloadTask& task, const HubFile& file, qint64 bytes) {
    const QString path = task.folder + QLatin1Char('/') + file.path;
    QDir().mkpath(QFileInfo(path).path());
    QFile part(PartFile::partPathOf(path));
    QVERIFY(part.open(QIODevice::WriteOnly));
    part.write(LocalHub::content(file, 0, std::min(bytes, file.sizeBytes)) +
               QByteArray(qsizetype(std::max<qint64>(0, bytes - file.sizeBytes)), 'x'));
}

}  // namespace

class TestDownloads : public QObject {
    Q_OBJECT

 private slots:
    void aModelComesWhole_data() {
        QTest::addColumn<bool>("tls");
        QTest::newRow("over TLS") << true;
        QTest::newRow("plain, at home") << false;
    }
    void aModelComesWhole() {
        QFETCH(bool, tls);
        NetworkFixture f(tls);
        f.close();
        f.options.gate.extraCertificates = f.hub.certificate();
        f.open();
        QSignalSpy ready(&*f.downloads, &DownloadService::ready);
        QSignalSpy told(&*f.downloads, &DownloadService::changed);
        const HubRepository model = smallModel("plain", 5 * kMiB + 17);
        QVERIFY2(f.fetch(model), qPrintable(f.item().sentence));
        QVERIFY(f.isRight(f.taskOf(model)));
        QTRY_COMPARE(ready.size(), 1);
        QCOMPARE(f.item().doneBytes, 5 * kMiB + 17);
        QVERIFY(told.size() < 40);
        QCOMPARE(f.loadable(), QStringList{"plain.gguf"});
        const auto rows = f.connections();
        QCOMPARE(rows.size(), std::size_t(2));
        for (const auto& row : rows) QCOMPARE(row.reason, std::string("download of owner/plain/plain.gguf"));
    }

    // 1. A whole answer to a range was appended; so was the text of an error.
    void bug1_aWholeAnswerIsNotAppended() {
        NetworkFixture f;
        const HubRepository model = smallModel("whole", kMiB);
        placePart(f.taskOf(model), model.files[0], 400'000);
        f.hub.setFaults(always(fault(HubFault::ignoreRange)));
        QVERIFY2(f.fetch(model), qPrintable(f.item().sentence));
        QVERIFY(f.isRight(f.taskOf(model)));
    }
    void bug1_anErrorsTextIsNotAppended() {
        NetworkFixture f;
        const HubRepository model = smallModel("text", kMiB);
        placePart(f.taskOf(model), model.files[0], 400'000);
        f.hub.setFaults(once(fault(HubFault::status, 0, 416)));
        QVERIFY2(f.fetch(model), qPrintable(f.item().sentence));
        QVERIFY(f.isRight(f.taskOf(model)));
    }

    // 2. A part that was complete, or more, was asked for more, for ever.
    void bug2_aCompletePartIsOnlyChecked() {
        NetworkFixture f;
        const HubRepository model = smallModel("complete", kMiB);
        placePart(f.taskOf(model), model.files[0], kMiB);
        QVERIFY2(f.fetch(model), qPrintable(f.item().sentence));
        QVERIFY(f.isRight(f.taskOf(model)) && f.hub.requests().isEmpty());
    }
    void bug2_aPartTooLongIsBegunAnew() {
        NetworkFixture f;
        const HubRepository model = smallModel("toolong", kMiB);
        placePart(f.taskOf(model), model.files[0], kMiB + 5);
        QVERIFY2(f.fetch(model), qPrintable(f.item().sentence));
        QVERIFY(f.isRight(f.taskOf(model)));
    }

    // 3. The redirect's length was taken for the file's.
    void bug3_theRedirectsLengthIsItsOwn() {
        NetworkFixture f;
        f.hub.setFaults(always(fault(HubFault::bodyInRedirect), false));
        const HubRepository model = smallModel("redirect", kMiB);
        QVERIFY2(f.fetch(model), qPrintable(f.item().sentence));
        QVERIFY(f.isRight(f.taskOf(model)));
    }

    // 4. A redirect without a host, a name with brackets.
    void bug4_relativeRedirectsAndOddNames() {
        NetworkFixture f;
        f.hub.setFaults(always(fault(HubFault::relative), false));
        HubRepository model = smallModel("odd", kMiB);
        model.files = {{"folder one/a [new] #1 100%.gguf", kMiB, 5}};
        QVERIFY2(f.fetch(model), qPrintable(f.item().sentence));
        QVERIFY(f.isRight(f.taskOf(model)));
    }

    // 5. The storage's address expires while the download runs.
    void bug5_anExpiredAddressIsAskedForAnew() {
        NetworkFixture f;
        int answers = 0;
        f.hub.setFaults([&answers](const HubRequest& request) {
            if (!request.isStorage) return HubFault{};
            ++answers;
            return answers == 1   ? fault(HubFault::cut, 300'000)
                   : answers == 2 ? fault(HubFault::status, 0, 403)
                                  : HubFault{};
        });
        const HubRepository model = smallModel("expired", kMiB);
        QVERIFY2(f.fetch(model), qPrintable(f.item().sentence));
        QVERIFY(f.isRight(f.taskOf(model)));
        QVERIFY(f.hub.bodyBytesSent() < kMiB + kMiB / 2);
    }

    // 6. The token was shown to the storage's host, which refuses whoever shows one.
    void bug6_theTokenStaysWithTheHub() {
        NetworkFixture f;
        f.policy.token = "hf_token";
        f.setPolicy(f.policy);
        f.hub.setToken("hf_token");
        HubRepository model = smallModel("gated", kMiB);
        model.gated = "auto";
        QVERIFY2(f.fetch(model), qPrintable(f.item().sentence));
    }

    // 7. One wrong byte threw everything away.
    void bug7_aWrongByteOnTheDiskCostsItsBlock() {
        NetworkFixture f;
        const HubRepository model = smallModel("flipped", 4 * kMiB);
        f.hub.setFaults(once(fault(HubFault::stall, 3 * kMiB)));
        f.hub.add(model);
        f.downloads->begin(f.taskOf(model));
        QTRY_VERIFY(!f.downloads->items().isEmpty() && f.item().doneBytes >= 2 * kMiB);
        f.downloads->pause(f.item().id);
        QTRY_COMPARE(f.item().phase, DownloadPhase::paused);
        const DownloadTask task = f.taskOf(model);
        QFile part(PartFile::partPathOf(task.folder + "/flipped.gguf"));
        QVERIFY(part.open(QIODevice::ReadWrite) && part.seek(100'000));
        QVERIFY(part.write("!") == 1);
        const qint64 there = part.size();
        part.close();
        f.restart();
        f.hub.forgetRequests();
        f.hub.setFaults({});
        QTRY_COMPARE(f.downloads->items().size(), 1);
        f.downloads->resume(f.item().id);
        QTRY_COMPARE(f.item().phase, DownloadPhase::ready);
        QVERIFY(f.isRight(task));
        QCOMPARE(f.hub.bodyBytesSent(), 4 * kMiB - there + (64 << 10));
    }
    void bug7_aWrongByteFromTheHubIsAskedForAgain() {
        NetworkFixture f;
        f.hub.setFaults(once(fault(HubFault::wrongByte, 1234)));
        const HubRepository model = smallModel("wrong", kMiB);
        QVERIFY2(f.fetch(model), qPrintable(f.item().sentence));
        QVERIFY(f.isRight(f.taskOf(model)));
    }
    void bug7_aHubThatAlwaysSendsAnotherFileIsSaid() {
        NetworkFixture f;
        f.hub.setFaults(always(fault(HubFault::wrongByte, 1234)));
        const HubRepository model = smallModel("never", kMiB);
        QVERIFY(!f.fetch(model));
        QCOMPARE(f.item().phase, DownloadPhase::failed);
        QVERIFY2(f.item().sentence.contains("hashes differ"), qPrintable(f.item().sentence));
        QVERIFY(f.loadable().isEmpty());
    }

    // 8. Silence, and a network that goes away, ended a download for good.
    void bug8_silenceIsNotTheEnd() {
        NetworkFixture f;
        int answers = 0;
        f.hub.setFaults([&answers](const HubRequest& request) {
            return request.isStorage && ++answers <= 3 ? fault(HubFault::stall, 200'000) : HubFault{};
        });
        const HubRepository model = smallModel("silent", kMiB);
        QVERIFY2(f.fetch(model), qPrintable(f.item().sentence));
        QVERIFY(f.hub.bodyBytesSent() < kMiB + 100'000);
    }
    void bug8_withoutANetworkItWaits() {
        NetworkFixture f;
        const QUrl hub = f.policy.hub;
        f.policy.hub = QUrl("http://127.0.0.1:1");
        f.setPolicy(f.policy);
        const HubRepository model = smallModel("away", kMiB);
        f.hub.add(model);
        f.downloads->begin(f.taskOf(model));
        QTRY_VERIFY(!f.downloads->items().isEmpty() && f.item().phase == DownloadPhase::retrying);
        QVERIFY2(f.item().sentence.contains("cannot be reached"), qPrintable(f.item().sentence));
        QTest::qWait(500);
        QCOMPARE(f.item().phase, DownloadPhase::retrying);
        f.policy.hub = hub;
        f.setPolicy(f.policy);
        QTRY_COMPARE(f.item().phase, DownloadPhase::ready);
    }

    // 9. Offsets at the edges: nothing there yet, nothing to fetch.
    void bug9_emptyPartsAndEmptyFiles() {
        NetworkFixture f;
        HubRepository model = smallModel("edges", kMiB);
        model.files += HubFile{"empty.txt", 0, 1};
        model.files += HubFile{"one.txt", 1, 1};
        placePart(f.taskOf(model), model.files[0], 0);
        QVERIFY2(f.fetch(model), qPrintable(f.item().sentence));
        for (int i = 0; i < 3; ++i) QVERIFY(f.isRight(f.taskOf(model), i));
        for (const HubRequest& request : f.hub.requests()) QVERIFY(!request.target.contains("empty.txt"));
    }

    // 10. A page was kept as a model; half a file could be loaded.
    void bug10_aPageIsNoModel() {
        NetworkFixture f;
        f.hub.setFaults([](const HubRequest&) { return fault(HubFault::page); });
        const HubRepository model = smallModel("page", kMiB);
        QVERIFY(!f.fetch(model));
        QVERIFY2(f.item().sentence.contains("web page"), qPrintable(f.item().sentence));
        QVERIFY(f.loadable().isEmpty());
    }
    void bug10_aFileThatIsNoModelIsNotShown() {
        NetworkFixture f;
        HubRepository model = smallModel("nomodel", kMiB);
        model.files[0].begin = "<!doctype html>";
        QVERIFY(!f.fetch(model));
        QVERIFY2(f.item().sentence.contains("no model file"), qPrintable(f.item().sentence));
        QVERIFY(f.loadable().isEmpty());
    }

    // 11. One part of a split model was missing, and it was "done".
    void bug11_allPartsOrNone() {
        NetworkFixture f;
        HubRepository model = smallModel("split", 1);
        model.files = {{"Q4/split-00001-of-00003.gguf", kMiB, 1},
                       {"Q4/split-00002-of-00003.gguf", kMiB, 2},
                       {"Q4/split-00003-of-00003.gguf", kMiB / 2, 3}};
        f.hub.setFaults([](const HubRequest& request) {
            return request.target.contains("00002") && !request.isStorage
                       ? fault(HubFault::status, 0, 404, "X-Error-Code: EntryNotFound\r\n")
                       : HubFault{};
        });
        QVERIFY(!f.fetch(model));
        QVERIFY2(f.item().sentence.contains("no longer there"), qPrintable(f.item().sentence));
        QVERIFY(f.loadable().isEmpty());
        f.hub.setFaults({});
        f.hub.forgetRequests();
        f.downloads->resume(f.item().id);
        QTRY_COMPARE(f.item().phase, DownloadPhase::ready);
        for (int i = 0; i < 3; ++i) QVERIFY(f.isRight(f.taskOf(model), i));
        QCOMPARE(f.hub.bodyBytesSent(), kMiB + kMiB / 2);  // the first part was there
        QVERIFY(f.item().path.endsWith("split-00001-of-00003.gguf"));
    }

    // 12. Two writers on one file; busy and forbidden were shown as "not found".
    void bug12_twoWindowsOneModel() {
        NetworkFixture f;
        const HubRepository model = smallModel("twice", kMiB);
        const DownloadTask task = f.taskOf(model);
        const PartFile other(task.folder + "/twice.gguf", kMiB, 64 << 10, {});
        QVERIFY(!f.fetch(model));
        QVERIFY2(f.item().sentence.contains("Another window"), qPrintable(f.item().sentence));
    }
    void bug12_busyIsWaitedFor() {
        NetworkFixture f;
        f.hub.setFaults(once(fault(HubFault::status, 0, 429, "Retry-After: 1\r\n"), false));
        const HubRepository model = smallModel("busy", kMiB);
        QElapsedTimer clock;
        clock.start();
        QVERIFY2(f.fetch(model), qPrintable(f.item().sentence));
        QVERIFY(clock.elapsed() >= 1000);
    }
    void bug12_refusalsSayWhatToDo_data() {
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("headers");
        QTest::addColumn<QString>("says");
        QTest::newRow("not signed in") << 401 << QByteArray("X-Error-Code: GatedRepo\r\n") << "access token";
        QTest::newRow("not granted") << 403 << QByteArray("X-Error-Code: GatedRepo\r\n")
                                     << "no access to this model yet";
        QTest::newRow("private") << 401 << QByteArray() << "not there, or is private";
        QTest::newRow("unknown") << 404 << QByteArray("X-Error-Code: RepoNotFound\r\n") << "not there, or is private";
        QTest::newRow("renamed") << 404 << QByteArray("X-Error-Code: EntryNotFound\r\n") << "renamed";
        QTest::newRow("no such commit") << 404 << QByteArray("X-Error-Code: RevisionNotFound\r\n") << "version";
        QTest::newRow("bad token") << 401
                                   << QByteArray("X-Error-Message: Invalid credentials in Authorization header\r\n")
                                   << "does not know your access token";
        QTest::newRow("disabled") << 403 << QByteArray("X-Error-Message: Access to this resource is disabled.\r\n")
                                  << "Access to this resource is disabled";
    }
    void bug12_refusalsSayWhatToDo() {
        QFETCH(int, code);
        QFETCH(QByteArray, headers);
        QFETCH(QString, says);
        NetworkFixture f;
        f.hub.setFaults(always(fault(HubFault::status, 0, code, headers), false));
        QVERIFY(!f.fetch(smallModel("refused", kMiB)));
        QVERIFY2(f.item().sentence.contains(says), qPrintable(f.item().sentence));
        QCOMPARE(f.hub.requests().size(), 1);
    }

    void aPieceUnderTheWrongCodeIsTaken() {
        NetworkFixture f;
        const HubRepository model = smallModel("as200", kMiB);
        placePart(f.taskOf(model), model.files[0], 400'000);
        f.hub.setFaults(always(fault(HubFault::rangeAs200)));
        QVERIFY2(f.fetch(model), qPrintable(f.item().sentence));
        QVERIFY(f.isRight(f.taskOf(model)));
    }
    void aFileLongerThanAnnouncedIsCut() {
        NetworkFixture f;
        f.hub.setFaults(always(fault(HubFault::longer, 5000)));
        const HubRepository model = smallModel("longer", kMiB);
        QVERIFY2(f.fetch(model), qPrintable(f.item().sentence));
        QVERIFY(f.isRight(f.taskOf(model)));
    }
    void anotherFileUnderTheNameIsSaid() {
        NetworkFixture f;
        f.hub.setFaults(always(fault(HubFault::otherEtag), false));
        QVERIFY(!f.fetch(smallModel("replaced", kMiB)));
        QVERIFY2(f.item().sentence.contains("another file under this name"), qPrintable(f.item().sentence));
    }
    void withoutRoomNothingIsBegun() {
        NetworkFixture f;
        f.close();
        f.options.downloads.spareBytes = qint64(1) << 60;
        f.open();
        QVERIFY(!f.fetch(smallModel("room", kMiB)));
        QVERIFY2(f.item().sentence.contains("are needed on the disk"), qPrintable(f.item().sentence));
        QVERIFY(f.hub.requests().isEmpty());
    }
    void theLimitHolds() {
        NetworkFixture f;
        f.network->ask(
            &*f.downloads, [](Network& n) { n.downloads.setRate(kMiB); }, [] {});
        QElapsedTimer clock;
        clock.start();
        QVERIFY(f.fetch(smallModel("slowly", 2 * kMiB)));
        QVERIFY2(clock.elapsed() > 1500, qPrintable(QString::number(clock.elapsed())));
    }
    void severalAtOnceTheRestWaits() {
        NetworkFixture f;
        f.hub.setFaults(
            [](const HubRequest& request) { return request.isStorage ? fault(HubFault::stall, 1000) : HubFault{}; });
        for (int i = 0; i < 5; ++i) {
            const HubRepository model = smallModel("m" + QString::number(i), kMiB, quint64(i));
            f.hub.add(model);
            f.downloads->begin(f.taskOf(model));
        }
        const auto waiting = [&] {
            return std::count_if(f.downloads->items().begin(), f.downloads->items().end(),
                                 [](const DownloadItem& i) { return i.phase == DownloadPhase::waiting; });
        };
        QTRY_VERIFY(f.downloads->items().size() == 5 && waiting() == 2);
        f.hub.setFaults({});
        for (int i = 0; i < 5; ++i) QTRY_COMPARE(f.item(i).phase, DownloadPhase::ready);
    }
    void removingTakesThePartAway() {
        NetworkFixture f;
        f.hub.setFaults(always(fault(HubFault::stall, 500'000)));
        const HubRepository model = smallModel("gone", kMiB);
        f.hub.add(model);
        f.downloads->begin(f.taskOf(model));
        QTRY_VERIFY(!f.downloads->items().isEmpty() && f.item().doneBytes > 0);
        const QString part = PartFile::partPathOf(f.item().path);
        QVERIFY(QFile::exists(part));
        f.downloads->remove(f.item().id);
        QTRY_VERIFY(!QFile::exists(part));
        QVERIFY(f.downloads->items().isEmpty());
    }
    void afterARestartNothingConnectsByItself() {
        NetworkFixture f;
        f.hub.setFaults(always(fault(HubFault::stall, 500'000)));
        const HubRepository model = smallModel("later", kMiB);
        f.hub.add(model);
        f.downloads->begin(f.taskOf(model));
        QTRY_VERIFY(!f.downloads->items().isEmpty() && f.item().doneBytes > 0);
        f.restart();
        f.hub.forgetRequests();
        QTRY_COMPARE(f.downloads->items().size(), 1);
        QCOMPARE(f.item().phase, DownloadPhase::paused);
        QTest::qWait(300);
        QVERIFY(f.hub.requests().isEmpty());
        f.hub.setFaults({});
        f.downloads->resume(f.item().id);
        QTRY_COMPARE(f.item().phase, DownloadPhase::ready);
        QVERIFY(f.hub.bodyBytesSent() < kMiB);
    }
    void theOfflineLockPausesIt() {
        NetworkFixture f;
        f.hub.setFaults(always(fault(HubFault::stall, 500'000)));
        const HubRepository model = smallModel("locked", kMiB);
        f.hub.add(model);
        f.downloads->begin(f.taskOf(model));
        QTRY_VERIFY(!f.downloads->items().isEmpty() && f.item().doneBytes > 0);
        f.policy.offline = true;
        f.setPolicy(f.policy);
        QTRY_COMPARE(f.item().phase, DownloadPhase::paused);
        QVERIFY(f.item().sentence.contains("offline lock"));
    }
};

QTEST_GUILESS_MAIN(TestDownloads)
#include "tst_downloads.moc"

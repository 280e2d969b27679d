// The gate against a hub of our own: what is asked, what is refused, what is logged, whom the token is shown to.
#include "app/services/net/network_gate.h"
#include "tests/support/local_hub.h"

#include <QSignalSpy>
#include <QTest>

using namespace lares;
using namespace lares::app;
using test::HubFault;
using test::HubRequest;
using test::LocalHub;

namespace {

struct GateFixture {
    explicit GateFixture(bool tls = false, bool believes = true) : hub(tls) {
        test::HubRepository repository;
        repository.name = QStringLiteral("o/m");
        repository.files = {{QStringLiteral("a.gguf"), 100'000}};
        hub.add(repository);
        NetworkPolicy policy;
        policy.hub = hub.url();
        policy.proxy = QStringLiteral("none");
        NetworkGate::Options options;
        options.connectTimeoutMs = 2000;
        options.silenceTimeoutMs = 300;
        if (tls && believes) options.extraCertificates = hub.certificate();
        gate = std::make_unique<NetworkGate>(
            policy, [this](const storage::ConnectionRow& row) { log[row.id] = row; }, options);
    }
    /// Asks and waits; what came is in `body`.
    GateEnd ask(const QString& path = QStringLiteral("/o/m/resolve/main/a.gguf"), const QByteArray& range = {}) {
        GateRequest request;
        request.url = QUrl(hub.url().toString() + path);
        request.reason = QStringLiteral("a test");
        request.range = range;
        answer.reset(gate->get(request, nullptr));
        QSignalSpy finished(answer.get(), &GateAnswer::finished);
        body.clear();
        QObject::connect(answer.get(), &GateAnswer::readyRead, answer.get(), [this] { body += answer->read(1 << 20); });
        if (!finished.wait(5000)) return GateEnd::running;
        while (answer->bytesAvailable() > 0) body += answer->read(1 << 20);
        return answer->end();
    }
    void lock(bool offline) {
        NetworkPolicy policy = gate->policy();
        policy.offline = offline;
        gate->setPolicy(policy);
    }

    LocalHub hub;
    QMap<qint64, storage::ConnectionRow> log;
    std::unique_ptr<NetworkGate> gate;
    std::unique_ptr<GateAnswer> answer;
    QByteArray body;
};

HubFault fault(HubFault::Kind kind, qint64 at = 0, int code = 503) {
    HubFault what;
    what.kind = kind;
    what.at = at;
    what.code = code;
    return what;
}

}  // namespace

class TestNetworkGate : public QObject {
    Q_OBJECT

 private slots:
    void followsARedirectAndKeepsItsHeaders_data() {
        QTest::addColumn<bool>("tls");
        QTest::newRow("over TLS") << true;
        QTest::newRow("a mirror at home") << false;
    }
    void followsARedirectAndKeepsItsHeaders() {
        QFETCH(bool, tls);
        GateFixture f(tls);
        QCOMPARE(f.ask(), GateEnd::complete);
        QCOMPARE(f.answer->status(), 200);
        QCOMPARE(f.body.size(), 100'000);
        QCOMPARE(f.answer->firstHeader("x-linked-size"), QByteArray("100000"));
        QCOMPARE(f.answer->header("X-Linked-Size"), QByteArray());
        QVERIFY(!f.answer->isFromHub());
        QCOMPARE(f.log.size(), 2);
        for (const storage::ConnectionRow& row : std::as_const(f.log)) {
            QCOMPARE(row.reason, std::string("a test"));
            QVERIFY(row.endedAtMs && *row.endedAtMs >= row.startedAtMs && row.bytesUp > 50 && row.bytesDown > 50);
            const bool isStorage = row.host.find("localhost") == 0;
            QVERIFY(isStorage ? row.bytesDown > 100'000 && row.result == "200" : row.result == "302, pointed on");
        }
    }

    void asksForBytesAsTheyAre() {
        GateFixture f;
        QCOMPARE(f.ask(QStringLiteral("/o/m/resolve/main/a.gguf"), "bytes=10-19"), GateEnd::complete);
        QCOMPARE(f.answer->status(), 206);
        QCOMPARE(f.body, LocalHub::content(f.hub.repository(QStringLiteral("o/m")).files[0], 10, 10));
        for (const HubRequest& request : f.hub.requests()) {
            QCOMPARE(request.headers.value("accept-encoding"), QByteArray("identity"));
            QCOMPARE(request.headers.value("range"), QByteArray("bytes=10-19"));
            QVERIFY(!request.headers.contains("cookie") && !request.headers.contains("referer"));
        }
    }

    void theOfflineLockRefusesAll() {
        GateFixture f;
        f.lock(true);
        QCOMPARE(f.ask(), GateEnd::offline);
        QVERIFY(f.answer->sentence().contains(QStringLiteral("offline lock")));
        QVERIFY(f.hub.requests().isEmpty() && f.log.isEmpty());
        f.lock(false);
        QCOMPARE(f.ask(), GateEnd::complete);
    }

    void theOfflineLockEndsWhatRuns() {
        GateFixture f;
        f.hub.setFaults([](const HubRequest& r) { return r.isStorage ? fault(HubFault::stall, 1000) : HubFault{}; });
        QTimer::singleShot(100, f.gate.get(), [&] { f.lock(true); });
        QCOMPARE(f.ask(), GateEnd::offline);
    }

    void anUntrustedCertificateEndsIt() {
        GateFixture f(true, false);
        QCOMPARE(f.ask(), GateEnd::untrusted);
        QVERIFY(f.body.isEmpty() && f.hub.requests().isEmpty());
        QVERIFY(f.answer->sentence().contains(QStringLiteral("could not show")));
    }

    void theTokenIsForTheHubAlone() {
        GateFixture f;
        NetworkPolicy policy = f.gate->policy();
        policy.token = "hf_secret";
        f.gate->setPolicy(policy);
        QCOMPARE(f.ask(), GateEnd::complete);
        QCOMPARE(f.answer->status(), 200);
        const auto requests = f.hub.requests();
        QCOMPARE(requests.size(), 2);
        QCOMPARE(requests[0].headers.value("authorization"), QByteArray("Bearer hf_secret"));
        QVERIFY(!requests[1].headers.contains("authorization"));
        for (const auto& row : std::as_const(f.log))
            QVERIFY((row.host + row.reason + row.result).find("secret") == std::string::npos);
    }

    void redirectsThatAreNotFollowed_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("end");
        QTest::newRow("in a circle") << int(HubFault::redirectLoop) << int(GateEnd::badRedirect);
        QTest::newRow("to another site") << int(HubFault::toPlainHttp) << int(GateEnd::refused);
    }
    void redirectsThatAreNotFollowed() {
        QFETCH(int, kind);
        QFETCH(int, end);
        GateFixture f;
        f.hub.setFaults([kind](const HubRequest&) { return fault(HubFault::Kind(kind)); });
        QCOMPARE(int(f.ask()), end);
        QVERIFY(!f.answer->sentence().isEmpty());
        QVERIFY(f.hub.requests().size() <= 7);
    }

    void silenceAndBreaksAreSaid() {
        GateFixture f;
        f.hub.setFaults([](const HubRequest& r) { return r.isStorage ? fault(HubFault::stall, 1000) : HubFault{}; });
        QCOMPARE(f.ask(), GateEnd::stalled);
        f.hub.setFaults([](const HubRequest& r) { return r.isStorage ? fault(HubFault::cut, 1000) : HubFault{}; });
        QVERIFY(f.ask() != GateEnd::complete || f.body.size() < 100'000);
        NetworkPolicy policy = f.gate->policy();
        policy.hub = QUrl(QStringLiteral("http://127.0.0.1:1"));
        f.gate->setPolicy(policy);
        GateRequest request;
        request.url = QUrl(QStringLiteral("http://127.0.0.1:1/x"));
        request.reason = QStringLiteral("nobody");
        f.answer.reset(f.gate->get(request, nullptr));
        QSignalSpy finished(f.answer.get(), &GateAnswer::finished);
        QVERIFY(finished.wait(3000));
        QCOMPARE(f.answer->end(), GateEnd::unreachable);
        QCOMPARE(f.log.last().endedAtMs.has_value(), true);
    }

    void aSlowReaderHoldsTheSenderBack() {
        GateFixture f;
        test::HubRepository big;
        big.name = QStringLiteral("o/big");
        big.files = {{QStringLiteral("b.gguf"), 40 << 20, 1, "GGUF", QByteArray(64, '0')}};
        f.hub.add(big);
        GateRequest request;
        request.url = QUrl(f.hub.url().toString() + QStringLiteral("/o/big/resolve/main/b.gguf"));
        request.reason = QStringLiteral("a slow reader");
        f.answer.reset(f.gate->get(request, nullptr));
        QTest::qWait(1000);  // longer than the silence that would end it
        QCOMPARE(f.answer->end(), GateEnd::running);
        QVERIFY(f.answer->bytesAvailable() > 0 && f.answer->bytesAvailable() < 16 << 20);
    }
};

QTEST_GUILESS_MAIN(TestNetworkGate)
#include "tst_network_gate.moc"

// The rules of the gate as pure functions, and what headers mean.
#include "app/services/models/hub/hub_address.h"
#include "app/services/net/network_policy.h"

#include <QTest>

using namespace lares::app;

class TestNetworkPolicy : public QObject {
    Q_OBJECT

 private slots:
    void whoMayBeAsked_data() {
        QTest::addColumn<QString>("hub");
        QTest::addColumn<QString>("url");
        QTest::addColumn<bool>("may");
        const QString hub = QStringLiteral("https://huggingface.co");
        QTest::newRow("the hub") << hub << "https://huggingface.co/api/models" << true;
        QTest::newRow("its storage") << hub << "https://us.aws.cdn.hf.co/x?Signature=y" << true;
        QTest::newRow("its old storage") << hub << "https://cdn-lfs.huggingface.co/x" << true;
        QTest::newRow("without protection") << hub << "http://huggingface.co/x" << false;
        QTest::newRow("another site") << hub << "https://example.com/x" << false;
        QTest::newRow("a name that only ends alike") << hub << "https://evilhf.co/x" << false;
        QTest::newRow("a file") << hub << "file:///etc/passwd" << false;
        QTest::newRow("this machine") << hub << "https://127.0.0.1/x" << false;
        QTest::newRow("a password in the address") << hub << "https://me:secret@huggingface.co/x" << false;
        QTest::newRow("nothing") << hub << "" << false;
        const QString mirror = QStringLiteral("https://mirror.example.org");
        QTest::newRow("the mirror") << mirror << "https://mirror.example.org/x" << true;
        QTest::newRow("the mirror's storage") << mirror << "https://cdn.mirror.example.org/x" << true;
        QTest::newRow("a mirror at home") << "http://192.168.1.5:8080"
                                          << "http://192.168.1.5:8080/x" << true;
        QTest::newRow("no other at home") << "http://192.168.1.5:8080"
                                          << "http://192.168.1.6:8080/x" << false;
    }
    void whoMayBeAsked() {
        QFETCH(QString, hub);
        QFETCH(QString, url);
        QFETCH(bool, may);
        NetworkPolicy policy;
        policy.hub = QUrl(hub);
        QCOMPARE(refusalOf(QUrl(url), policy).isEmpty(), may);
        policy.offline = true;
        QVERIFY(!refusalOf(QUrl(url), policy).isEmpty());
    }

    void redirects() {
        const NetworkPolicy policy;
        const QUrl from(QStringLiteral("https://huggingface.co/o/m/resolve/main/a.gguf"));
        QCOMPARE(redirectFrom(from, "/api/resolve-cache/a%5B1%5D.gguf?x=%23", policy).target.toEncoded(),
                 QByteArray("https://huggingface.co/api/resolve-cache/a%5B1%5D.gguf?x=%23"));
        QVERIFY(redirectFrom(from, "https://cas-bridge.xethub.hf.co/x", policy).target.isValid());
        for (const char* refused :
             {"http://huggingface.co/x", "https://example.com/x", "ftp://hf.co/x", "//evil.com/x"}) {
            const Redirect redirect = redirectFrom(from, refused, policy);
            QVERIFY2(!redirect.target.isValid() && !redirect.refusal.isEmpty(), refused);
        }
        NetworkPolicy mirrored;
        mirrored.hub = QUrl(QStringLiteral("https://mirror.example.org"));
        const QUrl mirror(QStringLiteral("https://mirror.example.org/o/m"));
        QCOMPARE(redirectFrom(mirror, "https://huggingface.co/O/M", mirrored).target,
                 QUrl(QStringLiteral("https://mirror.example.org/O/M")));
    }

    void waitingTimes() {
        const qint64 now = QDateTime(QDate(2025, 11, 25), QTime(10, 0), Qt::UTC).toMSecsSinceEpoch();
        QCOMPARE(*retryAfterSeconds("120", now), 120);
        QCOMPARE(*retryAfterSeconds("Tue, 25 Nov 2025 10:00:30 GMT", now), 30);
        QCOMPARE(*retryAfterSeconds("Tue, 25 Nov 2025 09:00:00 GMT", now), 0);
        QCOMPARE(*retryAfterSeconds("99999999999", now), 86'400);
        for (const char* odd : {"", "soon", "-5", "1e3"}) QVERIFY2(!retryAfterSeconds(odd, now), odd);
    }

    void ranges() {
        QCOMPARE(contentRangeOf("bytes 5-9/10")->first, 5);
        QCOMPARE(contentRangeOf("bytes 5-9/*")->total, -1);
        QCOMPARE(contentRangeOf("Bytes */10")->total, 10);
        QCOMPARE(contentRangeOf("bytes */10")->first, -1);
        for (const char* odd : {"", "bytes", "bytes 9-5/10", "bytes 5-10/10", "bytes -1-5/10", "bytes 5/10",
                                "bytes 99999999999999999999-5/10", "items 1-2/3"}) {
            QVERIFY2(!contentRangeOf(odd), odd);
        }
        QCOMPARE(bareEtag("W/\"abc\""), QByteArray("abc"));
        QCOMPARE(bareEtag("abc"), QByteArray("abc"));
    }

    void addresses() {
        const QUrl hub(QStringLiteral("https://huggingface.co/"));
        QCOMPARE(fileAddress(hub, "o/m", "refs/pr/1", "Q4 [new]/a#b+c.gguf").toEncoded(),
                 QByteArray("https://huggingface.co/o/m/resolve/refs%2Fpr%2F1/Q4%20%5Bnew%5D/a%23b%2Bc.gguf"));
        QCOMPARE(apiAddress(QUrl("https://mirror.org/base/"), "/o/m").toEncoded(),
                 QByteArray("https://mirror.org/base/api/models/o/m"));
        for (const char* name : {"a/b", "TheBloke/phi-2-GGUF", "a.b/c_d"}) QVERIFY2(isRepositoryName(name), name);
        for (const char* name : {"", "a", "a/b/c", "../b", "a/..", "a/b?c", "a /b", "a/b\n"})
            QVERIFY2(!isRepositoryName(name), name);
        for (const char* path : {"a.gguf", "Q4/a-00001-of-00002.gguf", "a [b] #1.gguf"})
            QVERIFY2(isSafePath(path), path);
        for (const char* path : {"", "/etc/passwd", "../a", "a/../../b", "a//b", "a\\b", "a\nb", "./a"})
            QVERIFY2(!isSafePath(path), path);
    }
};

QTEST_GUILESS_MAIN(TestNetworkPolicy)
#include "tst_network_policy.moc"

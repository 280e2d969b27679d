// Nothing that QML shows may reach the network: an image of a stranger's text would carry data out.
#include "app/local_network.h"

#include <QGuiApplication>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QQmlComponent>
#include <QQmlEngine>
#include <QQuickItem>
#include <QTcpServer>
#include <QTemporaryFile>
#include <QTest>

class TestLocalNetwork : public QObject {
    Q_OBJECT

    QTcpServer m_server;
    int m_connections = 0;

    QByteArray address() const {
        return "http://127.0.0.1:" + QByteArray::number(m_server.serverPort()) + "/secret.png";
    }

 private slots:
    void initTestCase() {
        QVERIFY(m_server.listen(QHostAddress::LocalHost));
        connect(&m_server, &QTcpServer::newConnection, this, [this] {
            ++m_connections;
            m_server.nextPendingConnection()->abort();
        });
    }
    void init() { m_connections = 0; }

    // The trap must be able to spring: without the factory, the same image does reach the server.
    void anEngineWithoutTheFactoryConnects() {
        QQmlEngine engine;
        QQmlComponent component(&engine);
        component.setData("import QtQuick\nImage { source: \"" + address() + "\" }", {});
        const QScopedPointer<QObject> image(component.create());
        QVERIFY(image != nullptr);
        QTRY_VERIFY(m_connections > 0);
    }

    void nothingConnects_data() {
        QTest::addColumn<QByteArray>("qml");
        QTest::newRow("image") << QByteArray("Image { source: \"%1\" }");
        QTest::newRow("rich text") << QByteArray("Text { textFormat: Text.RichText; text: '<img src=\"%1\">' }");
        QTest::newRow("markdown") << QByteArray("Text { textFormat: Text.MarkdownText; text: '![](%1)' }");
        QTest::newRow("edit") << QByteArray("TextEdit { textFormat: TextEdit.RichText; text: '<img src=\"%1\">' }");
        QTest::newRow("request") << QByteArray(
            "Item { Component.onCompleted: { const r = new XMLHttpRequest(); r.open('GET', '%1'); r.send(); } }");
        QTest::newRow("component") << QByteArray("Loader { source: \"%1\" }");
    }
    void nothingConnects() {
        QFETCH(QByteArray, qml);
        lares::app::LocalNetworkFactory factory;
        QQmlEngine engine;
        engine.setNetworkAccessManagerFactory(&factory);
        QQmlComponent component(&engine);
        component.setData("import QtQuick\n" + qml.replace("%1", address()), {});
        const QScopedPointer<QObject> item(component.create());
        QVERIFY2(item != nullptr, qPrintable(component.errorString()));
        QTest::qWait(200);
        QCOMPARE(m_connections, 0);
    }

    void everyOperationIsAnsweredEmpty() {
        lares::app::LocalNetworkFactory factory;
        const QScopedPointer<QNetworkAccessManager> manager(factory.create(nullptr));
        const QNetworkRequest request(QUrl(QString::fromLatin1(address())));
        for (QNetworkReply* reply : {manager->get(request), manager->post(request, "data"), manager->head(request)}) {
            QTRY_VERIFY(reply->isFinished());
            QCOMPARE(reply->readAll(), QByteArray());
            reply->deleteLater();
        }
        QCOMPARE(m_connections, 0);
    }

    void filesAreRead() {
        QTemporaryFile file;
        QVERIFY(file.open());
        file.write("here");
        file.close();
        lares::app::LocalNetworkFactory factory;
        const QScopedPointer<QNetworkAccessManager> manager(factory.create(nullptr));
        QNetworkReply* reply = manager->get(QNetworkRequest(QUrl::fromLocalFile(file.fileName())));
        QTRY_VERIFY(reply->isFinished());
        QCOMPARE(reply->readAll(), QByteArray("here"));
        reply->deleteLater();
    }
};

QTEST_MAIN(TestLocalNetwork)
#include "tst_local_network.moc"

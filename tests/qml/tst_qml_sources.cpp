// Rules for the QML sources that neither the compiler nor qmllint knows.
#include <QDir>
#include <QDirIterator>
#include <QRegularExpression>
#include <QTest>

class TestQmlSources : public QObject {
    Q_OBJECT

 private slots:
    void rules_data() {
        QTest::addColumn<QString>("path");
        const QDir root(QStringLiteral(LARES_SOURCE_DIR "/qml"));
        QDirIterator files(root.path(), {QStringLiteral("*.qml")}, QDir::Files, QDirIterator::Subdirectories);
        int count = 0;
        while (files.hasNext()) {
            const QString path = files.next();
            QTest::newRow(qPrintable(root.relativeFilePath(path))) << path;
            ++count;
        }
        QVERIFY(count > 50);
    }
    void rules() {
        QFETCH(QString, path);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly | QIODevice::Text));
        const QString text = QString::fromUtf8(file.readAll());
        QVERIFY2(text.startsWith(QLatin1String("// ")), "the first line says what the file is");
        QVERIFY2(text.count(u'\n') <= 250, "longer than 250 lines");
        QVERIFY2(!text.contains(QLatin1String("QtQuick.Controls")), "controls come from Lares.Style");
        QVERIFY2(!text.contains(QLatin1String("MarkdownText")), "drops text and fetches remote images");
        // Loader refuses bound components on Qt 6.4, where everything else wants them: Lazy takes its place.
        QVERIFY2(!text.contains(QRegularExpression(QStringLiteral("\\bLoader \\{"))), "use Lazy in place of Loader");
        const bool section =
            path.endsWith(QLatin1String("/SectionHead.qml"));  // made by ListView, in a context of its own
        QVERIFY2(section || text.contains(QLatin1String("pragma ComponentBehavior: Bound")),
                 "no pragma ComponentBehavior: Bound");
    }

    void textsAreTranslatable_data() { rules_data(); }
    void textsAreTranslatable() {
        QFETCH(QString, path);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly | QIODevice::Text));
        // A literal with a space or a capital where people read it, outside qsTr().
        static const QRegularExpression bare(
            QStringLiteral(
                "^\\s*(text|title|detail|placeholderText|Accessible\\.name|verb|actionText): \"[A-Z][^\"]*\""),
            QRegularExpression::MultilineOption);
        const QRegularExpressionMatch match = bare.match(QString::fromUtf8(file.readAll()));
        QVERIFY2(!match.hasMatch(), qPrintable(match.captured()));
    }
};

QTEST_GUILESS_MAIN(TestQmlSources)
#include "tst_qml_sources.moc"

// Is the house in order? And do the rules notice when it is not?
#include "tests/tidy/house_rules.h"

#include <QTest>

using namespace lares::tidy;

namespace {
QByteArray joined(const std::vector<std::string>& breaches) {
    QByteArray text;
    for (const std::string& line : breaches) text += "\n" + QByteArray::fromStdString(line);
    return text;
}
}  // namespace

class TestHouse : public QObject {
    Q_OBJECT

 private slots:
    void initTestCase() {
        m_files = readSources(LARES_SOURCE_DIR);
        QVERIFY(m_files.size() > 50);
    }
    void everybodyIncludesOnlyWhatTheyMay() { report(includeBreaches(m_files)); }
    void filesKeepTheirBudgets() { report(budgetBreaches(m_files)); }
    void forbiddenWordsAreAbsent() { report(wordBreaches(m_files)); }

    void aWrongIncludeIsNoticed_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("line");
        QTest::newRow("vulkan takes Qt") << "vulkan/runtime/a.cpp"
                                         << "#include <QString>";
        QTest::newRow("vulkan takes the engine") << "vulkan/runtime/a.cpp"
                                                 << "#include \"inference/types.h\"";
        QTest::newRow("inference takes Qt") << "inference/gguf/a.h"
                                            << "  #  include <QtCore/QFile>";
        QTest::newRow("inference takes raw Vulkan") << "inference/engine/a.cpp"
                                                    << "#include <vulkan/vulkan.hpp>";
        QTest::newRow("storage takes the engine") << "storage/a.cpp"
                                                  << "#include \"inference/types.h\"";
        QTest::newRow("services look inside the engine") << "app/services/a.cpp"
                                                         << "#include \"inference/gguf/gguf_file.h\"";
        QTest::newRow("services take windows") << "app/services/a.cpp"
                                               << "#include <QGuiApplication>";
        QTest::newRow("ui takes the store") << "ui/a.cpp"
                                            << "#include \"storage/stores/chat_store.h\"";
        QTest::newRow("ui takes the engine") << "ui/a.cpp"
                                             << "#include \"inference/engine.h\"";
    }
    void aWrongIncludeIsNoticed() {
        QFETCH(QString, path);
        QFETCH(QString, line);
        QCOMPARE(includeBreaches({{path.toStdString(), "#include <vector>\n" + line.toStdString() + "\n"}}).size(), 1u);
    }
    void rightIncludesPass() {
        QCOMPARE(
            joined(includeBreaches(
                {{"vulkan/a.cpp", "#include \"vulkan/b.h\"\n#include <vulkan/vulkan.hpp>\n#include <vector>\n"},
                 {"inference/a.cpp", "#include \"vulkan/b.h\"\n#include \"inference/b.h\"\n"},
                 {"app/services/a.cpp", "#include \"inference/engine.h\"\n#include <QObject>\n#include \"a.moc\"\n"},
                 {"ui/a.cpp", "#include \"app/services/chat/chat_service.h\"\n#include <QGuiApplication>\n"}})),
            QByteArray());
    }
    void aFileTooLongIsNoticed() {
        QCOMPARE(budgetBreaches({{"ui/a.cpp", std::string(601, '\n')}, {"ui/b.cpp", std::string(600, '\n')}}).size(),
                 1u);
        QCOMPARE(budgetBreaches({{"qml/A.qml", std::string(251, '\n')}, {"qml/B.qml", std::string(250, '\n')}}).size(),
                 1u);
    }
    void aForbiddenWordIsNoticed_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("line");
        QTest::newRow("unfinished") << "ui/a.cpp"
                                    << "// TODO later";
        QTest::newRow("blocking") << "ui/a.cpp"
                                  << "Qt::BlockingQueuedConnection";
        QTest::newRow("context property") << "app/a.cpp"
                                          << "engine.rootContext()->setContextProperty(";
        QTest::newRow("markdown") << "qml/chat/A.qml"
                                  << "textFormat: Text.MarkdownText";
        QTest::newRow("environment") << "inference/a.cpp"
                                     << "std::getenv(\"HOME\")";
        QTest::newRow("socket") << "app/services/chat/a.cpp"
                                << "#include <QTcpSocket>";
        QTest::newRow("a look-up beside the gate") << "app/services/net/network_policy.cpp"
                                                   << "#include <QHostInfo>";
        QTest::newRow("a request beside the gate") << "app/services/models/hub/a.cpp"
                                                   << "#include <QNetworkRequest>";
        QTest::newRow("system calls") << "storage/a.cpp"
                                      << "#include <sys/socket.h>";
        QTest::newRow("controls") << "qml/chat/A.qml"
                                  << "import QtQuick.Controls";
        QTest::newRow("vague") << "ui/a.h"
                               << "class ModelManager {";
    }
    void aForbiddenWordIsNoticed() {
        QFETCH(QString, path);
        QFETCH(QString, line);
        QCOMPARE(wordBreaches({{path.toStdString(), line.toStdString()}}).size(), 1u);
    }

 private:
    void report(const std::vector<std::string>& breaches) { QVERIFY2(breaches.empty(), joined(breaches).constData()); }
    std::vector<SourceFile> m_files;
};

QTEST_GUILESS_MAIN(TestHouse)
#include "tst_house.moc"

// Real chat templates over whole conversations, against what Jinja2 renders. Needs the test data folder beside the
// checkout.
#include "inference/template/chat_template.h"

#include <QDir>
#include <QElapsedTimer>
#include <QTest>

#include <fstream>
#include <sstream>

using namespace lares::inference;

namespace {

using Json = nlohmann::ordered_json;

QString folder() {
    return QString(LARES_SHARED_DIR).isEmpty() ? QString() : QString(LARES_SHARED_DIR) + "/data/templates";
}

std::string readAll(const QString& path) {
    std::ifstream file(path.toStdString(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Empty when the case is as it should be.
QString fault(const Json& row, const std::string& source, const Json& context, const char* now) {
    RenderOptions options;
    options.now = parseIsoTime(context.value("now", now));
    const std::string name = row.value("case", "");
    try {
        const std::string text = ChatTemplate::parse(source).render(context, options);
        if (row.contains("expected")) {
            return text == row["expected"] ? QString() : QString::fromStdString(name + ": " + text);
        }
        // What Python fails at may be given a meaning; what the template itself raises may not.
        return row["expected_error"]["type"] == "TemplateError" ? QString::fromStdString(name + ": rendered")
                                                                : QString();
    } catch (const TemplateError& error) {
        if (row.contains("expected")) {
            return QString::fromStdString(name + ": " + error.what());
        }
        const Json& expected = row["expected_error"];
        const bool same = expected["type"] != "TemplateError" || (error.templateKind() == TemplateError::Kind::raised &&
                                                                  error.message() == expected["message"]);
        return same ? QString() : QString::fromStdString(name + ": " + error.message());
    }
}

}  // namespace

class TemplateCasesTest : public QObject {
    Q_OBJECT

 private slots:
    void sharedFolderIsThereWhereItMustBe() {
        QVERIFY(!qEnvironmentVariableIsSet("LARES_REQUIRE_SHARED") || !folder().isEmpty());
    }

    void rendersAsOthersDo_data() {
        QTest::addColumn<QString>("file");
        if (folder().isEmpty()) {
            QTest::newRow("(none here)") << QString();
            return;
        }
        const QDir cases(folder() + "/cases");
        for (const QString& file : cases.entryList({"*.jsonl"}))
            QTest::newRow(qPrintable(file)) << cases.filePath(file);
        QTest::newRow("micro") << folder() + "/micro/micro.jsonl";
    }
    void rendersAsOthersDo() {
        QFETCH(QString, file);
        if (file.isEmpty()) return;
        const Json micro = Json::parse(readAll(folder() + "/micro/micro_context.json"));
        std::istringstream lines(readAll(file));
        int count = 0;
        QStringList faults;
        QElapsedTimer timer;
        for (std::string line; std::getline(lines, line); ++count) {
            const Json row = Json::parse(line);
            const bool small = row.contains("template_source");
            const std::string source = small ? row["template_source"].get<std::string>()
                                             : readAll(folder() + "/" + QString::fromStdString(row["template"]));
            timer.start();
            const QString found = fault(row, source, small ? micro : row["context"], "2025-07-04T09:08:07");
            if (!found.isEmpty()) faults << found;
            QVERIFY(timer.elapsed() < 2000);
        }
        QVERIFY(count > 0);
        QVERIFY2(faults.isEmpty(),
                 qPrintable(QString("%1 of %2 wrong\n").arg(faults.size()).arg(count) + faults.join('\n')));
    }
};

QTEST_GUILESS_MAIN(TemplateCasesTest)
#include "tst_template_cases.moc"

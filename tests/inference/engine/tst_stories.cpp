// A really trained tiny model (stories260K of the shared test data) continues its prompts greedily with exactly the
// tokens of a float64 computation. Beside the story, that is an end-to-end check of tokenizer, program and sampling.
#include "tests/inference/engine/ask.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace lares;
using namespace lares::inference;
using tests::ask;
using tests::greedy;

namespace {

const QString kFolder = QString(LARES_SHARED_DIR) + "/data/tinymodels/";

std::vector<TokenId> ids(const QJsonValue& list) {
    std::vector<TokenId> result;
    for (const QJsonValue& value : list.toArray()) result.push_back(value.toInt());
    return result;
}

}  // namespace

class TestStories : public QObject {
    Q_OBJECT

 private slots:
    void initTestCase() {
        QFile file(kFolder + "stories260K.expected.json");
        if (file.open(QIODevice::ReadOnly))
            m_cases = QJsonDocument::fromJson(file.readAll()).object()["cases"].toArray();
        if (qEnvironmentVariableIsSet("LARES_REQUIRE_SHARED")) {
            QVERIFY2(!m_cases.isEmpty(), "the shared test data is not there");
        }
    }

    void greedyTokens_data() {
        QTest::addColumn<QString>("device");
        QTest::addColumn<bool>("exact");
        QTest::newRow("vulkan exact") << "vulkan" << true;
        QTest::newRow("vulkan, with a cache in f16") << "vulkan" << false;
        QTest::newRow("cpu exact") << "cpu" << true;
        QTest::newRow("cpu, with a cache in f16") << "cpu" << false;
    }
    void greedyTokens() {
        if (m_cases.isEmpty()) return;  // no shared data on this machine; initTestCase has judged that
        QFETCH(QString, device);
        QFETCH(bool, exact);
        EngineOptions options;
        options.device = device.toStdString();
        options.exact = exact;
        const auto engine = tests::checkedEngine(options);
        QVERIFY(engine->load({(kFolder + "stories260K.gguf").toStdString(), 0}, {}, {}).has_value());
        QCOMPARE(engine->contextLength(), 2048u);
        for (const QJsonValue& value : m_cases) {
            const QJsonObject one = value.toObject();
            const std::vector<TokenId> expected = ids(one["greedy_ids"]);
            const auto answer = ask(
                *engine, greedy(one["prompt"].toString().toStdString(), static_cast<std::int32_t>(expected.size())));
            QCOMPARE(answer.finish.tokens, expected);
            QCOMPARE(answer.finish.stats.promptTokens, static_cast<std::uint32_t>(ids(one["prompt_ids"]).size()));
            QCOMPARE(QString::fromStdString(answer.text), one["greedy_text"].toString());
        }
    }

 private:
    QJsonArray m_cases;
};

QTEST_GUILESS_MAIN(TestStories)
#include "tst_stories.moc"

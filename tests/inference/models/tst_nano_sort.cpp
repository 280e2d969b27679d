// A really trained GPT-2 (gpt-nano-sort of the shared test data: three layers that sort six letters A, B, C) sorts
// every one of its 729 inputs, and gives the logits of a float64 computation: its answers are either right or wrong.
#include "tests/inference/program/model_session.h"
#include "tests/support/vulkan_test.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <algorithm>

using namespace lares;
using namespace lares::inference;

namespace {

const QString kFolder = QString(LARES_SHARED_DIR) + "/data/tinymodels/";

std::vector<TokenId> letters(const QString& text) {
    std::vector<TokenId> ids;
    for (const QChar letter : text) ids.push_back(letter.unicode() - u'A');
    return ids;
}

}  // namespace

class TestNanoSort : public QObject {
    Q_OBJECT

 private slots:
    void initTestCase() {
        QFile file(kFolder + "gpt-nano-sort.expected.json");
        if (file.open(QIODevice::ReadOnly)) m_expected = QJsonDocument::fromJson(file.readAll()).object();
        if (qEnvironmentVariableIsSet("LARES_REQUIRE_SHARED")) {
            QVERIFY2(!m_expected.isEmpty(), "the shared test data is not there");
        }
    }
    void cleanup() { QVERIFY2(m_gpu.takeMessages().empty(), m_gpu.lastMessages().c_str()); }

    void sortsEverything();
    void logits();

 private:
    tests::ModelSession session(vulkan::CacheType type) {
        return {m_gpu.device(), (kFolder + "gpt-nano-sort-f32.gguf").toStdString(), {11, 6, type}};
    }

    QJsonObject m_expected;
    tests::VulkanTest m_gpu;
};

void TestNanoSort::sortsEverything() {
    if (m_expected.isEmpty()) return;  // no shared data on this machine; initTestCase has judged that
    tests::ModelSession model = session(vulkan::CacheType::f16);
    const QJsonArray cases = m_expected["cases"].toArray();
    QCOMPARE(cases.size(), 729);
    for (const QJsonValue& value : cases) {
        const QString in = value.toObject()["in"].toString();
        const std::vector<TokenId> expected = letters(value.toObject()["out"].toString());
        std::vector<TokenId> sorted = letters(in), answer;
        std::ranges::sort(sorted);
        QCOMPARE(expected, sorted);
        std::span<float> logits = model.context.prefill(letters(in), {}, {}).logits;
        for (std::size_t i = 0; i < sorted.size(); ++i) {
            answer.push_back(static_cast<TokenId>(std::ranges::max_element(logits) - logits.begin()));
            if (i + 1 < sorted.size()) logits = model.context.append(answer.back());
        }
        QVERIFY2(answer == sorted, qPrintable(in));
    }
}

/// The example of the expected values, which are rounded to five decimals.
void TestNanoSort::logits() {
    if (m_expected.isEmpty()) return;
    const QJsonObject example = m_expected["example_logits"].toObject();
    std::vector<TokenId> ids;
    for (const QJsonValue& id : example["ids"].toArray()) ids.push_back(id.toInt());
    std::vector<std::uint32_t> positions(ids.size());
    std::iota(positions.begin(), positions.end(), 0u);
    tests::ModelSession model = session(vulkan::CacheType::f32);
    const std::vector<float> actual = model.score(ids, positions);
    const QJsonArray rows = example["logits"].toArray();
    QCOMPARE(static_cast<std::size_t>(rows.size()), ids.size());
    for (std::size_t i = 0; i < actual.size(); ++i) {
        const double want = rows[static_cast<int>(i / 3)].toArray()[static_cast<int>(i % 3)].toDouble();
        QVERIFY2(std::abs(static_cast<double>(actual[i]) - want) < 2e-5, qPrintable(QString::number(want)));
    }
}

QTEST_GUILESS_MAIN(TestNanoSort)
#include "tst_nano_sort.moc"

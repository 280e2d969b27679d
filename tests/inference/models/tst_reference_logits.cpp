// Logits against those that llama.cpp computes in float32 from exactly dequantised weights (reference/index.json of the
// shared test data). The models are made here by the generator beside the index; their hash must be the index's.
//
// Limits, from that folder's README: NMSE 1e-6 with float32 throughout, 1e-3 otherwise (here: with an f16 cache
// and, on the processor, activations in blocks of 8 bits).
#include "tests/inference/program/model_session.h"
#include "tests/support/vulkan_test.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

using namespace lares;
using namespace lares::inference;
using tests::ModelSession;
using tests::nmse;

namespace {

const QString kReference = QString(LARES_SHARED_DIR) + "/reference/";

QByteArray contents(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

template <typename Number>
std::vector<Number> numbers(const QJsonValue& list) {
    std::vector<Number> result;
    for (const QJsonValue& value : list.toArray()) result.push_back(static_cast<Number>(value.toInt()));
    return result;
}

}  // namespace

class TestReferenceLogits : public QObject {
    Q_OBJECT

 private slots:
    void initTestCase() {
        if (qEnvironmentVariableIsSet("LARES_REQUIRE_SHARED")) {
            QVERIFY2(!m_index.isEmpty(), "the shared test data is not there");
        }
        QVERIFY(QDir().mkpath(m_folder));
    }
    void cleanup() { QVERIFY2(m_gpu.takeMessages().empty(), m_gpu.lastMessages().c_str()); }

    void logits_data();
    void logits();

 private:
    /// Path of the case's model, made if it is not there; empty, with a failure, when it is not what the index says.
    QString model(const QJsonObject& one);

    const QJsonArray m_index = QJsonDocument::fromJson(contents(kReference + "index.json")).array();
    const QString m_folder = QString(LARES_BINARY_DIR) + "/reference-models";
    tests::VulkanTest m_gpu;
    cpu::ThreadPool m_pool{2};
};

QString TestReferenceLogits::model(const QJsonObject& one) {
    const QString path = m_folder + "/" + one["case"].toString() + ".gguf";
    const auto hash = [&] {
        return QString(QCryptographicHash::hash(contents(path), QCryptographicHash::Sha256).toHex());
    };
    if (hash() != one["sha256"].toString()) {
        QStringList arguments{kReference + "ggufgen.py", path};
        for (const QJsonValue& argument : one["ggufgen"].toArray()) arguments << argument.toString();
        // Debian's own interpreter: python3-numpy belongs to it.
        QProcess::execute("/usr/bin/python3", arguments);
    }
    return hash() == one["sha256"].toString() ? path : QString();
}

void TestReferenceLogits::logits_data() {
    QTest::addColumn<QJsonObject>("one");
    QTest::addColumn<bool>("onProcessor");
    QTest::addColumn<bool>("exact");
    for (const QJsonValue& value : m_index) {
        const QJsonObject one = value.toObject();
        const QString name = one["case"].toString();
        for (const bool onProcessor : {false, true}) {
            const QString here = name + (onProcessor ? " cpu" : " vulkan");
            QTest::newRow(qPrintable(here + " exact")) << one << onProcessor << true;
            QTest::newRow(qPrintable(here)) << one << onProcessor << false;
        }
    }
}

void TestReferenceLogits::logits() {
    if (m_index.isEmpty()) return;  // no shared data on this machine; initTestCase has judged that
    QFETCH(QJsonObject, one);
    QFETCH(bool, onProcessor);
    QFETCH(bool, exact);
    const QString path = model(one);
    QVERIFY2(!path.isEmpty(), "the generator did not make the model of the index");

    const auto tokens = numbers<TokenId>(one["tokens"]);
    const auto positions = numbers<std::uint32_t>(one["positions"]);
    const QByteArray raw = contents(kReference + one["logits"].toString());
    std::vector<float> expected(static_cast<std::size_t>(raw.size()) / sizeof(float));
    std::memcpy(expected.data(), raw.data(), expected.size() * sizeof(float));
    QCOMPARE(expected.size(), positions.size() * static_cast<std::size_t>(one["vocab"].toInt()));

    const SessionShape shape{128, 32, exact ? CacheType::f32 : CacheType::f16};
    const double error =
        nmse(onProcessor ? ModelSession(m_pool, path.toStdString(), shape).score(tokens, positions)
                         : ModelSession(m_gpu.device(), path.toStdString(), shape).score(tokens, positions),
             expected);
    qInfo("NMSE %.3g", error);
    QVERIFY2(error <= (exact ? 1e-6 : 1e-3), qPrintable(QString::number(error)));
}

QTEST_GUILESS_MAIN(TestReferenceLogits)
#include "tst_reference_logits.moc"

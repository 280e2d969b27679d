// The catalogue says enough, says it as its schema wants, and suggests only what the engine computes.
#include "app/services/models/catalogue/catalogue.h"
#include "app/services/models/hub/hub_address.h"
#include "app/services/models/hub/hub_values.h"
#include "inference/engine.h"

#include <algorithm>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

using namespace lares;
using namespace lares::app;

namespace {

QJsonObject schema() {
    QFile file(QStringLiteral(LARES_SOURCE_DIR "/packaging/catalogue.schema.json"));
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
}

/// The part of JSON Schema that ours uses. Empty: it fits; else where and why not.
QString mistake(const QJsonValue& value, QJsonObject rule, const QJsonObject& root, const QString& where) {
    if (const QString name = rule["$ref"].toString(); !name.isEmpty())
        rule = root["$defs"].toObject()[name.section('/', -1)].toObject();
    const QString type = rule["type"].toString();
    const bool fits = type.isEmpty() || (type == "object" && value.isObject()) ||
                      (type == "array" && value.isArray()) || (type == "string" && value.isString()) ||
                      (type == "number" && value.isDouble()) ||
                      (type == "integer" && value.isDouble() && value.toDouble() == double(value.toInteger()));
    if (!fits) return where + " is no " + type;
    if (rule.contains("const") && rule["const"] != value) return where + " is another value";
    if (rule.contains("enum") && !rule["enum"].toArray().contains(value))
        return where + " is not allowed: " + value.toString();
    if (rule.contains("maxLength") && value.toString().size() > rule["maxLength"].toInt())
        return where + " is too long";
    if (rule.contains("minimum") && value.toDouble() < rule["minimum"].toDouble()) return where + " is too small";
    if (rule.contains("exclusiveMinimum") && value.toDouble() <= rule["exclusiveMinimum"].toDouble())
        return where + " is too small";
    if (rule.contains("pattern") && !QRegularExpression(rule["pattern"].toString()).match(value.toString()).hasMatch())
        return where + " does not match";
    if (value.isArray()) {
        const QJsonArray items = value.toArray();
        if (items.size() < rule["minItems"].toInt()) return where + " has too few";
        for (int i = 0; i < items.size(); ++i) {
            const QString found = mistake(items[i], rule["items"].toObject(), root, where + '/' + QString::number(i));
            if (!found.isEmpty()) return found;
        }
    }
    if (!value.isObject()) return {};
    const QJsonObject object = value.toObject(), properties = rule["properties"].toObject();
    for (const QJsonValue& name : rule["required"].toArray()) {
        if (!object.contains(name.toString())) return where + " lacks " + name.toString();
    }
    for (auto entry = object.begin(); entry != object.end(); ++entry) {
        if (!properties.contains(entry.key())) return where + " has an unknown " + entry.key();
        const QString found =
            mistake(entry.value(), properties[entry.key()].toObject(), root, where + '/' + entry.key());
        if (!found.isEmpty()) return found;
    }
    return {};
}

}  // namespace

class TestCatalogue : public QObject {
    Q_OBJECT

 private slots:
    void itIsAsItsSchemaSays() {
        const QJsonObject root = schema();
        QVERIFY(!root.isEmpty());
        const QJsonObject json = QJsonDocument::fromJson(catalogueJson()).object();
        QCOMPARE(mistake(json, root, root, QString()), QString());
        QJsonObject wrong = json;
        wrong["version"] = 2;
        QVERIFY(!mistake(wrong, root, root, QString()).isEmpty());
        wrong = json;
        QJsonArray models = json["models"].toArray();
        QJsonObject first = models[0].toObject();
        first["purposes"] = QJsonArray{"gambling"};
        models[0] = first;
        wrong["models"] = models;
        QVERIFY(!mistake(wrong, root, root, QString()).isEmpty());
    }

    void everyEntryIsOneThatTheEngineComputes() {
        const inference::Abilities abilities = inference::abilities();
        const auto knows = [](const std::vector<std::string>& list, const QString& name) {
            return std::find(list.begin(), list.end(), name.toStdString()) != list.end();
        };
        QSet<QString> names;
        for (const CatalogueModel& model : catalogue()) {
            QVERIFY2(knows(abilities.architectures, model.architecture),
                     qPrintable(model.name + ": " + model.architecture));
            QVERIFY2(!names.contains(model.name), qPrintable(model.name));
            names.insert(model.name);
            QList<CatalogueFile> files{model.recommended};
            if (model.smaller) files += *model.smaller;
            for (const CatalogueFile& file : files) {
                QVERIFY2(isRepositoryName(file.repository) && isSafePath(file.file), qPrintable(file.file));
                QVERIFY2(knows(abilities.formats, mainFormatOf(file.label)), qPrintable(file.label));
                QCOMPARE(labelOf(file.file), file.label);
            }
        }
        QVERIFY(names.size() >= 30);
    }

    void thereIsSomethingForEveryPurpose() {
        for (const char* purpose : {"chat", "writing", "summaries", "code", "languages", "small", "embedding"}) {
            const auto count = std::count_if(catalogue().begin(), catalogue().end(), [&](const CatalogueModel& m) {
                return m.purposes.contains(QLatin1String(purpose));
            });
            QVERIFY2(count >= 3, purpose);
        }
    }
};

QTEST_GUILESS_MAIN(TestCatalogue)
#include "tst_catalogue.moc"

#include "app/services/models/catalogue/catalogue.h"

#include <cassert>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace lares::app {

namespace {

CatalogueFile fileOf(const QJsonObject& object, const QString& repository) {
    CatalogueFile file;
    file.repository = object.value(QLatin1String("repository")).toString(repository);
    file.label = object.value(QLatin1String("label")).toString();
    file.file = object.value(QLatin1String("file")).toString();
    assert(!file.label.isEmpty() && !file.file.isEmpty());
    return file;
}

CatalogueModel modelOf(const QJsonObject& object) {
    const auto text = [&](const char* key) { return object.value(QLatin1String(key)).toString(); };
    CatalogueModel model;
    model.name = text("name");
    model.repository = text("repository");
    model.architecture = text("architecture");
    model.license = text("license");
    model.languages = text("languages");
    model.summary = text("summary");
    model.note = text("note");
    model.parametersBillions = object.value(QLatin1String("parameters_billions")).toDouble();
    model.contextLength = object.value(QLatin1String("context_length")).toInteger();
    for (const QJsonValue& purpose : object.value(QLatin1String("purposes")).toArray())
        model.purposes += purpose.toString();
    model.recommended = fileOf(object.value(QLatin1String("recommended")).toObject(), model.repository);
    const QJsonValue smaller = object.value(QLatin1String("smaller"));
    if (smaller.isObject()) model.smaller = fileOf(smaller.toObject(), model.repository);
    assert(!model.name.isEmpty() && !model.repository.isEmpty());
    return model;
}

}  // namespace

const QList<CatalogueModel>& catalogue() {
    static const QList<CatalogueModel> models = [] {
        QList<CatalogueModel> read;
        const QJsonObject root = QJsonDocument::fromJson(catalogueJson()).object();
        for (const QJsonValue& row : root.value(QLatin1String("models")).toArray()) read += modelOf(row.toObject());
        return read;
    }();
    return models;
}

}  // namespace lares::app

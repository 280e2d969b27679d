// `lares models`: the library and the hub, one function for each verb. The download has a file of its own.
#include "app/cli/command.h"
#include "app/cli/model_choice.h"
#include "app/cli/models_download.h"
#include "inference/engine.h"
#include "inference/error.h"

#include <cstdio>
#include <QEventLoop>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>

namespace lares::cli {

namespace {

using app::ModelItem;

void print(const QString& line) {
    std::printf("%s\n", qUtf8Printable(line));
}

void printJson(const QJsonDocument& json) {
    std::printf("%s\n", json.toJson(QJsonDocument::Compact).constData());
}

QString sizeText(qint64 bytes) {
    return QLocale::c().formattedDataSize(bytes, 1, QLocale::DataSizeSIFormat);
}

QJsonObject toJson(const ModelItem& model) {
    return {{"path", model.path},
            {"name", model.name},
            {"architecture", model.architecture},
            {"quantisation", model.quantisation},
            {"size_bytes", model.sizeBytes},
            {"context_length", model.contextLength},
            {"missing", model.missing}};
}

QJsonObject toJson(const app::FoundModel& model) {
    return {{"path", model.path},
            {"name", model.name},
            {"size_bytes", model.sizeBytes},
            {"program", model.program},
            {"repository", model.repository},
            {"sha256", model.sha256}};
}

int list(app::Composition& composition, const app::ModelPlaces& places, Arguments& arguments, bool json) {
    const bool everywhere = arguments.flag("--everywhere");
    arguments.finish();
    const auto models = modelsAfter(composition.models(), [&] { composition.models().listModels(); });
    QJsonArray rows;
    for (const ModelItem& model : models) {
        rows += toJson(model);
        if (json) continue;
        print(QStringLiteral("%1  %2  %3  %4%5")
                  .arg(model.name, model.quantisation, sizeText(model.sizeBytes), model.path,
                       model.missing ? QStringLiteral("  (not there)") : QString()));
    }
    for (const app::FoundModel& model : everywhere ? app::findModels(places) : QList<app::FoundModel>()) {
        rows += toJson(model);
        if (!json)
            print(QStringLiteral("%1  %2  %3  of %4")
                      .arg(model.name, sizeText(model.sizeBytes), model.path, model.program));
    }
    if (json) printJson(QJsonDocument(rows));
    if (!json && rows.isEmpty()) print(QStringLiteral("No models yet. lares models search TEXT finds some."));
    return 0;
}

int info(app::Composition& composition, const app::CompositionOptions& options, Arguments& arguments, bool json) {
    const std::string wanted = arguments.word("M");
    arguments.finish();
    const QString path = chooseModel(composition.models(), composition.settings(), wanted);
    const auto engine = options.makeEngine(composition.models().engineOptions());
    const inference::ModelInfo model = engine->inspect(path.toStdString());
    QJsonArray warnings;
    for (const std::string& warning : model.warnings) warnings += QString::fromStdString(warning);
    const QJsonObject facts{{"path", path},
                            {"name", QString::fromStdString(model.name)},
                            {"architecture", QString::fromStdString(model.architecture)},
                            {"quantisation", QString::fromStdString(model.quantisation)},
                            {"size_bytes", qint64(model.fileBytes)},
                            {"parameters", qint64(model.parameterCount)},
                            {"context_length", qint64(model.contextLength)},
                            {"licence", QString::fromStdString(model.licence)},
                            {"chat_template", model.hasChatTemplate},
                            {"warnings", warnings}};
    if (json) return printJson(QJsonDocument(facts)), 0;
    for (auto fact = facts.begin(); fact != facts.end(); ++fact) {
        if (!fact.value().isArray())
            print(QStringLiteral("%1: %2").arg(fact.key(), fact.value().toVariant().toString()));
    }
    for (const QJsonValue& warning : warnings) print(warning.toString());
    return 0;
}

int search(app::Composition& composition, Arguments& arguments, bool json) {
    const QString words = QString::fromStdString(arguments.word("TEXT"));
    arguments.finish();
    QEventLoop loop;
    app::HubAnswer found;
    composition.hub().search(words, [&](const app::HubAnswer& answer) {
        found = answer;
        loop.quit();
    });
    loop.exec();
    if (!found.failure.isEmpty()) throw inference::Error(inference::ErrorKind::io, found.failure.toStdString());
    QJsonArray rows;
    for (const app::HubModel& model : found.models) {
        rows += QJsonObject{
            {"repository", model.repository}, {"downloads", model.downloads},    {"likes", model.likes},
            {"license", model.license},       {"gated", !model.gated.isEmpty()}, {"updated", model.updatedAt}};
        if (json) continue;
        print(QStringLiteral("%1  %2 downloads  %3%4")
                  .arg(model.repository)
                  .arg(model.downloads)
                  .arg(model.license, model.gated.isEmpty() ? QString() : QStringLiteral("  (asks for consent)")));
    }
    if (json) printJson(QJsonDocument(rows));
    return 0;
}

int add(app::Composition& composition, Arguments& arguments, bool json) {
    const QString path = QFileInfo(QString::fromStdString(arguments.word("FILE"))).absoluteFilePath();
    arguments.finish();
    const auto models = modelsAfter(composition.models(), [&] { composition.models().addFile(path); });
    for (const ModelItem& model : models) {
        if (model.path != path) continue;
        if (json) {
            printJson(QJsonDocument(toJson(model)));
        } else {
            print(QStringLiteral("%1 is known now; it stays where it is.").arg(model.name));
        }
    }
    return 0;
}

int remove(app::Composition& composition, Arguments& arguments, bool json) {
    const bool deletes = arguments.flag("--delete");
    const std::string wanted = arguments.word("M");
    arguments.finish();
    const QString path = chooseModel(composition.models(), composition.settings(), wanted);
    const qint64 bytes = QFileInfo(path).size();
    if (deletes && !QFile::remove(path)) {
        throw inference::Error(inference::ErrorKind::io,
                               QStringLiteral("%1 cannot be deleted; it stays in the list.").arg(path).toStdString());
    }
    modelsAfter(composition.models(), [&] { composition.models().removeFile(path); });
    if (json) {
        printJson(QJsonDocument(QJsonObject{{"path", path}, {"freed_bytes", deletes ? bytes : 0}}));
    } else {
        print(deletes ? QStringLiteral("%1 is deleted; %2 are free again.").arg(path, sizeText(bytes))
                      : QStringLiteral("%1 is forgotten; the file stays. --delete would free %2.")
                            .arg(path, sizeText(bytes)));
    }
    return 0;
}

}  // namespace

int runModels(const app::CompositionOptions& options, Arguments& arguments) {
    const bool json = arguments.flag("--json");
    const std::string verb = arguments.word("VERB");
    if (verb == "download") return downloadModel(options, arguments, json);
    app::Composition composition(options);
    if (verb == "list") return list(composition, options.places, arguments, json);
    if (verb == "info") return info(composition, options, arguments, json);
    if (verb == "search") return search(composition, arguments, json);
    if (verb == "add") return add(composition, arguments, json);
    if (verb == "remove") return remove(composition, arguments, json);
    throw UsageError("models knows list, info, search, download, add and remove, not " + verb + ".");
}

}  // namespace lares::cli

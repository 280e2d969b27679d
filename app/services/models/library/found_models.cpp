#include "app/services/models/library/found_models.h"

#include "app/services/models/hub/hub_address.h"

#include <algorithm>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QSet>

namespace lares::app {

namespace {

constexpr int kMostFiles = 5000;          // of one program: a link in a circle ends here
constexpr qint64 kLongestText = 1 << 20;  // of a manifest

bool isModelFile(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) && file.read(4) == "GGUF";
}

/// Names that are never a model to load: unfinished ones, projectors, and all parts of a split model but the first.
bool isLeftOut(const QString& name) {
    static const QRegularExpression laterPart(QStringLiteral("-(?!00001)\\d{5}-of-\\d{5}\\.gguf\\z"));
    const QString lower = name.toLower();
    return !lower.endsWith(QLatin1String(".gguf")) || lower.startsWith(QLatin1String("mmproj")) ||
           lower.startsWith(QLatin1String("incomplete-")) || lower.startsWith(QLatin1String("downloading_")) ||
           laterPart.match(lower).hasMatch();
}

FoundModel foundAt(const QString& path, const char* program) {
    FoundModel model;
    model.path = QFileInfo(path).absoluteFilePath();
    model.name = QFileInfo(path).completeBaseName();
    model.program = QString::fromLatin1(program);
    model.sizeBytes = QFileInfo(path).size();
    return model;
}

QStringList ggufFilesBelow(const QString& root) {
    QStringList paths;
    if (root.isEmpty() || !QFileInfo(root).isDir()) return paths;
    QDirIterator files(root, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext() && paths.size() < kMostFiles) {
        const QString path = files.next();
        if (!isLeftOut(files.fileName()) && isModelFile(path)) paths += path;
    }
    paths.sort();
    return paths;
}

QByteArray textOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.read(kLongestText) : QByteArray();
}

bool isHash(const QString& text) {
    static const QRegularExpression pattern(QStringLiteral("\\A[0-9a-f]{64}\\z"));
    return pattern.match(text).hasMatch();
}

/// <publisher>/<repository>/<file>
QList<FoundModel> ofLmStudio(const QString& root) {
    QList<FoundModel> models;
    for (const QString& path : ggufFilesBelow(root)) {
        FoundModel model = foundAt(path, "LM Studio");
        const QStringList names = QDir(root).relativeFilePath(path).split(QLatin1Char('/'));
        if (names.size() >= 3) model.repository = names[0] + QLatin1Char('/') + names[1];
        models += model;
    }
    return models;
}

/// manifests/<host>/<namespace>/<model>/<tag> names the blob that holds the model.
QList<FoundModel> ofOllama(const QString& root) {
    QList<FoundModel> models;
    const QString manifests = QDir(root).filePath(QStringLiteral("manifests"));
    if (root.isEmpty() || !QFileInfo(manifests).isDir()) return models;
    QDirIterator files(manifests, QDir::Files, QDirIterator::Subdirectories);
    for (int seen = 0; files.hasNext() && seen < kMostFiles; ++seen) {
        const QString path = files.next();
        const QJsonObject manifest = QJsonDocument::fromJson(textOf(path)).object();
        for (const QJsonValue& layer : manifest.value(QLatin1String("layers")).toArray()) {
            const QJsonObject object = layer.toObject();
            if (object.value(QLatin1String("mediaType")) != QLatin1String("application/vnd.ollama.image.model"))
                continue;
            const QString hash = object.value(QLatin1String("digest")).toString().section(QLatin1Char(':'), 1);
            const QString blob = QDir(root).filePath(QStringLiteral("blobs/sha256-") + hash);
            if (!isHash(hash) || !isModelFile(blob)) continue;
            FoundModel model = foundAt(blob, "Ollama");
            const QStringList names = QDir(manifests).relativeFilePath(path).split(QLatin1Char('/'));
            if (names.size() >= 2) model.name = names[names.size() - 2] + QLatin1Char(':') + names.last();
            if (names.size() == 4 && names[0] == QLatin1String("hf.co"))
                model.repository = names[1] + QLatin1Char('/') + names[2];
            model.sha256 = hash;
            models += model;
        }
    }
    std::sort(models.begin(), models.end(), [](const FoundModel& a, const FoundModel& b) { return a.name < b.name; });
    return models;
}

/// models--owner--name/snapshots/<commit>/<path>, a link to a blob whose name is the hash.
QList<FoundModel> ofHuggingFace(const QString& root) {
    static const QRegularExpression pattern(QStringLiteral("\\Amodels--([^/]+?)--([^/]+)/snapshots/([^/]+)/"));
    QList<FoundModel> models;
    for (const QString& path : ggufFilesBelow(root)) {
        const auto place = pattern.match(QDir(root).relativeFilePath(path));
        if (!place.hasMatch()) continue;
        FoundModel model = foundAt(path, "Hugging Face");
        model.repository = place.captured(1) + QLatin1Char('/') + place.captured(2);
        model.revision = place.captured(3);
        const QString blob = QFileInfo(QFileInfo(path).canonicalFilePath()).fileName();
        if (isHash(blob)) model.sha256 = blob;
        models += model;
    }
    return models;
}

/// llamacpp/models/<id>/model.yml says in plain lines where the file is, perhaps elsewhere.
QList<FoundModel> ofJan(const QString& root) {
    static const QRegularExpression line(QStringLiteral("^model_path:[ \\t]*[\"']?([^\"'\\r\\n]+?)[\"']?[ \\t]*$"),
                                         QRegularExpression::MultilineOption);
    QList<FoundModel> models;
    const QString folder = QDir(root).filePath(QStringLiteral("llamacpp/models"));
    if (root.isEmpty() || !QFileInfo(folder).isDir()) return models;
    QDirIterator files(folder, {QStringLiteral("model.yml")}, QDir::Files, QDirIterator::Subdirectories);
    for (int seen = 0; files.hasNext() && seen < kMostFiles; ++seen) {
        const QString path = files.next();
        const auto match = line.match(QString::fromUtf8(textOf(path)));
        if (!match.hasMatch()) continue;
        const QString file = QDir(root).absoluteFilePath(match.captured(1));
        if (isLeftOut(QFileInfo(file).fileName()) || !isModelFile(file)) continue;
        FoundModel model = foundAt(file, "Jan");
        model.name = QDir(folder).relativeFilePath(QFileInfo(path).path());
        models += model;
    }
    std::sort(models.begin(), models.end(), [](const FoundModel& a, const FoundModel& b) { return a.name < b.name; });
    return models;
}

QList<FoundModel> inFolder(const QString& root, const char* program) {
    QList<FoundModel> models;
    for (const QString& path : ggufFilesBelow(root)) models += foundAt(path, program);
    return models;
}

}  // namespace

ModelPlaces usualPlaces(const QString& home, const std::function<QString(const char*)>& environment) {
    const auto either = [&](const char* variable, const QString& usual) {
        const QString set = environment(variable);
        return set.isEmpty() ? usual : set;
    };
    const QString cache = either("XDG_CACHE_HOME", home + QStringLiteral("/.cache"));
    ModelPlaces places;
    const QString hub = either("HF_HOME", cache + QStringLiteral("/huggingface")) + QStringLiteral("/hub");
    places.huggingFace = either("HF_HUB_CACHE", hub);
    places.llamaCpp = either("LLAMA_CACHE", cache + QStringLiteral("/llama.cpp"));
    places.lmStudio = {home + QStringLiteral("/.lmstudio/models"), cache + QStringLiteral("/lm-studio/models")};
    places.ollama = {either("OLLAMA_MODELS", home + QStringLiteral("/.ollama/models")),
                     QStringLiteral("/usr/share/ollama/.ollama/models")};
    places.gpt4all =
        either("XDG_DATA_HOME", home + QStringLiteral("/.local/share")) + QStringLiteral("/nomic.ai/GPT4All");
    places.jan = either("XDG_CONFIG_HOME", home + QStringLiteral("/.config")) + QStringLiteral("/Jan/data");
    return places;
}

QList<FoundModel> findModels(const ModelPlaces& places) {
    QList<FoundModel> all;
    for (const QString& root : places.lmStudio) all += ofLmStudio(root);
    for (const QString& root : places.ollama) all += ofOllama(root);
    all += inFolder(places.gpt4all, "GPT4All");
    all += ofJan(places.jan);
    all += ofHuggingFace(places.huggingFace);
    all += inFolder(places.llamaCpp, "llama.cpp");
    QSet<QString> seen;
    QList<FoundModel> once;
    for (const FoundModel& model : all) {
        const QString file = QFileInfo(model.path).canonicalFilePath();
        if (seen.contains(file)) continue;
        seen.insert(file);
        once += model;
    }
    return once;
}

}  // namespace lares::app

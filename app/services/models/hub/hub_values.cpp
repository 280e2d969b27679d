#include "app/services/models/hub/hub_values.h"

#include "app/services/models/hub/hub_address.h"

#include <algorithm>
#include <array>
#include <QCoreApplication>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMap>
#include <QRegularExpression>

namespace lares::app {

namespace {

struct Quantisation {
    const char* label;
    const char* format;
    const char* words;
};

/// From the most exact to the least, with what the measurements of llama.cpp's own tables (tools/quantize/README.md)
/// come to in words.
constexpr std::array kQuantisations{
    Quantisation{"F32", "F32", QT_TRANSLATE_NOOP("Hub", "for converting")},
    Quantisation{"BF16", "BF16", QT_TRANSLATE_NOOP("Hub", "for converting")},
    Quantisation{"F16", "F16", QT_TRANSLATE_NOOP("Hub", "for converting")},
    Quantisation{"Q8_0", "Q8_0", QT_TRANSLATE_NOOP("Hub", "as exact as the original")},
    Quantisation{"Q6_K", "Q6_K", QT_TRANSLATE_NOOP("Hub", "practically exact")},
    Quantisation{"Q5_K_M", "Q5_K", QT_TRANSLATE_NOOP("Hub", "very good")},
    Quantisation{"Q5_K_S", "Q5_K", QT_TRANSLATE_NOOP("Hub", "very good")},
    Quantisation{"Q5_1", "Q5_1", QT_TRANSLATE_NOOP("Hub", "old kind")},
    Quantisation{"Q5_0", "Q5_0", QT_TRANSLATE_NOOP("Hub", "old kind")},
    Quantisation{"Q4_K_M", "Q4_K", QT_TRANSLATE_NOOP("Hub", "recommended")},
    Quantisation{"Q4_K_S", "Q4_K", QT_TRANSLATE_NOOP("Hub", "recommended, a little smaller")},
    Quantisation{"MXFP4", "MXFP4", QT_TRANSLATE_NOOP("Hub", "as its makers trained it")},
    Quantisation{"IQ4_NL", "IQ4_NL", QT_TRANSLATE_NOOP("Hub", "good for its size")},
    Quantisation{"IQ4_XS", "IQ4_XS", QT_TRANSLATE_NOOP("Hub", "good for its size")},
    Quantisation{"Q4_1", "Q4_1", QT_TRANSLATE_NOOP("Hub", "old kind")},
    Quantisation{"Q4_0", "Q4_0", QT_TRANSLATE_NOOP("Hub", "old kind")},
    Quantisation{"Q3_K_L", "Q3_K", QT_TRANSLATE_NOOP("Hub", "smaller, less exact")},
    Quantisation{"Q3_K_M", "Q3_K", QT_TRANSLATE_NOOP("Hub", "smaller, less exact")},
    Quantisation{"IQ3_M", "IQ3_S", QT_TRANSLATE_NOOP("Hub", "smaller, less exact")},
    Quantisation{"IQ3_S", "IQ3_S", QT_TRANSLATE_NOOP("Hub", "smaller, less exact")},
    Quantisation{"IQ3_XS", "IQ3_S", QT_TRANSLATE_NOOP("Hub", "smaller, less exact")},
    Quantisation{"Q3_K_S", "Q3_K", QT_TRANSLATE_NOOP("Hub", "noticeably worse")},
    Quantisation{"IQ3_XXS", "IQ3_XXS", QT_TRANSLATE_NOOP("Hub", "smaller, less exact")},
    Quantisation{"Q2_K", "Q2_K", QT_TRANSLATE_NOOP("Hub", "last resort, for large models only")},
    Quantisation{"IQ2_M", "IQ2_S", QT_TRANSLATE_NOOP("Hub", "last resort, for large models only")},
    Quantisation{"IQ2_S", "IQ2_S", QT_TRANSLATE_NOOP("Hub", "last resort, for large models only")},
    Quantisation{"IQ2_XS", "IQ2_XS", QT_TRANSLATE_NOOP("Hub", "last resort, for large models only")},
    Quantisation{"IQ2_XXS", "IQ2_XXS", QT_TRANSLATE_NOOP("Hub", "last resort, for large models only")},
    Quantisation{"IQ1_M", "IQ1_M", QT_TRANSLATE_NOOP("Hub", "last resort, for large models only")},
    Quantisation{"IQ1_S", "IQ1_S", QT_TRANSLATE_NOOP("Hub", "last resort, for large models only")},
};

/// "UD-Q4_K_XL" is a mix of Q4_K, like Q4_K_M, and so is "Q4_K_L".
const Quantisation* knownOf(const QString& label) {
    const QString bare = label.startsWith(QLatin1String("UD-")) ? label.mid(3) : label;
    const auto find = [](const QString& name) {
        return std::find_if(kQuantisations.begin(), kQuantisations.end(),
                            [&](const Quantisation& q) { return name == QLatin1String(q.label); });
    };
    auto found = find(bare);
    if (found == kQuantisations.end()) {
        static const QRegularExpression size(QStringLiteral("_(XS|S|M|L|XL|P)\\z"));
        const QString stem = QString(bare).remove(size);
        for (const QString& name : {stem + QStringLiteral("_M"), stem}) {
            if (found == kQuantisations.end()) found = find(name);
        }
    }
    return found == kQuantisations.end() ? nullptr : &*found;
}

const QRegularExpression& splitPattern() {
    static const QRegularExpression pattern(QStringLiteral("\\A(.+)-(\\d{5})-of-(\\d{5})\\.gguf\\z"),
                                            QRegularExpression::CaseInsensitiveOption);
    return pattern;
}

/// Files that belong to a model but are none.
bool isNoModel(const QString& path) {
    static const QRegularExpression pattern(
        QStringLiteral("(\\A|/)(mmproj|mtp-|eagle3-|dflash-|dspark-|ggml-vocab)|mmproj|imatrix|lora|q4_0_[48]_[48]"),
        QRegularExpression::CaseInsensitiveOption);
    return !path.endsWith(QLatin1String(".gguf"), Qt::CaseInsensitive) || pattern.match(path).hasMatch();
}

QString text(const QJsonObject& object, const char* key) {
    return object.value(QLatin1String(key)).toString().left(500);
}

qint64 count(const QJsonValue& value) {
    const double number = value.toDouble(-1);
    return number >= 0 && number < 1e15 ? qint64(number) : 0;
}

std::optional<HubModel> modelOf(const QJsonObject& row) {
    HubModel model;
    model.repository = text(row, "id");
    if (!isRepositoryName(model.repository)) return std::nullopt;
    model.commit = text(row, "sha");
    model.updatedAt = text(row, "lastModified");
    model.downloads = count(row.value(QLatin1String("downloads")));
    model.likes = count(row.value(QLatin1String("likes")));
    const QJsonValue gated = row.value(QLatin1String("gated"));
    model.gated = gated.isString() ? gated.toString() : gated.toBool() ? QStringLiteral("auto") : QString();
    const QJsonObject gguf = row.value(QLatin1String("gguf")).toObject();
    model.architecture = text(gguf, "architecture");
    model.contextLength = count(gguf.value(QLatin1String("context_length")));
    for (const QJsonValue& value : row.value(QLatin1String("tags")).toArray()) {
        const QString tag = value.toString().left(100);
        if (tag.startsWith(QLatin1String("license:"))) model.license = tag.mid(8);
        if (tag.size() == 2) model.languages += tag;
    }
    return model;
}

}  // namespace

std::optional<QList<HubModel>> parseModels(const QByteArray& json) {
    const QJsonDocument document = QJsonDocument::fromJson(json);
    if (!document.isArray()) return std::nullopt;
    QList<HubModel> models;
    for (const QJsonValue& row : document.array()) {
        if (const auto model = modelOf(row.toObject())) models += *model;
    }
    return models;
}

std::optional<HubModel> parseModel(const QByteArray& json) {
    return modelOf(QJsonDocument::fromJson(json).object());
}

std::optional<QList<DownloadFile>> parseTree(const QByteArray& json) {
    static const QRegularExpression hash(QStringLiteral("\\A[0-9a-f]{64}\\z"));
    const QJsonDocument document = QJsonDocument::fromJson(json);
    if (!document.isArray()) return std::nullopt;
    QList<DownloadFile> files;
    for (const QJsonValue& value : document.array()) {
        const QJsonObject row = value.toObject(), lfs = row.value(QLatin1String("lfs")).toObject();
        DownloadFile file;
        file.path = row.value(QLatin1String("path")).toString();
        file.sha256 = lfs.value(QLatin1String("oid")).toString();
        file.sizeBytes = count(row.value(QLatin1String("size")));
        if (isSafePath(file.path) && hash.match(file.sha256).hasMatch()) files += file;
    }
    return files;
}

QUrl nextPage(const QByteArray& linkHeader) {
    static const QRegularExpression pattern(QStringLiteral("<([^>]+)>\\s*;[^,]*rel=\"?next\"?"));
    const auto match = pattern.match(QString::fromLatin1(linkHeader));
    return match.hasMatch() ? QUrl(match.captured(1)) : QUrl();
}

QString labelOf(const QString& path) {
    static const QRegularExpression pattern(
        QStringLiteral(
            "(?<![A-Za-z0-9])(UD-)?(BF16|F16|F32|MXFP4|I?Q[1-8]_(?:0|1|K|NL|XXS|XS|S|M|L)(?:_(?:XXS|XS|S|M|L|XL))?)"
            "(?![A-Za-z0-9])"),
        QRegularExpression::CaseInsensitiveOption);
    QString last;
    auto matches = pattern.globalMatch(path.section(QLatin1Char('/'), -1));
    while (matches.hasNext()) last = matches.next().captured().toUpper();
    return last;
}

QString mainFormatOf(const QString& label) {
    const Quantisation* const known = knownOf(label);
    return known == nullptr ? QString() : QString::fromLatin1(known->format);
}

QString wordsOf(const QString& label) {
    const Quantisation* const known = knownOf(label);
    return known == nullptr ? QString() : QCoreApplication::translate("Hub", known->words);
}

QList<HubVariant> variantsOf(const QList<DownloadFile>& files, const HubFilter& filter) {
    QMap<QString, QMap<int, DownloadFile>> groups;  // by path without the part's number
    QMap<QString, int> partCounts;
    for (const DownloadFile& file : files) {
        if (isNoModel(file.path)) continue;
        const auto split = splitPattern().match(file.path);
        const QString key = split.hasMatch() ? split.captured(1) : file.path;
        groups[key].insert(split.hasMatch() ? split.captured(2).toInt() : 1, file);
        partCounts.insert(key, split.hasMatch() ? split.captured(3).toInt() : 1);
    }
    QList<HubVariant> variants;
    for (auto group = groups.cbegin(); group != groups.cend(); ++group) {
        const QMap<int, DownloadFile>& parts = group.value();
        const int wanted = partCounts.value(group.key());
        if (parts.size() != wanted || parts.firstKey() != 1 || parts.lastKey() != wanted) continue;
        HubVariant variant;
        variant.label = labelOf(parts.first().path);
        variant.files = parts.values();
        for (const DownloadFile& part : parts) variant.sizeBytes += part.sizeBytes;
        const QString format = mainFormatOf(variant.label);
        variant.runs = variant.label.isEmpty() || filter.formats.contains(format);
        variants += variant;
    }
    std::stable_sort(variants.begin(), variants.end(),
                     [](const HubVariant& a, const HubVariant& b) { return a.sizeBytes > b.sizeBytes; });
    return variants;
}

int recommended(const QList<HubVariant>& variants) {
    const auto distance = [](const QString& label) -> std::ptrdiff_t {
        const Quantisation* const wanted = knownOf(QStringLiteral("Q4_K_M"));
        const Quantisation* const known = knownOf(label);
        return known == nullptr ? std::ptrdiff_t(kQuantisations.size()) : std::abs(known - wanted);
    };
    int best = -1;
    for (int i = 0; i < variants.size(); ++i) {
        if (!variants[i].runs) continue;
        if (best < 0 || distance(variants[i].label) < distance(variants[best].label)) best = i;
    }
    return best;
}

int findVariant(const QList<HubVariant>& variants, const QString& wanted) {
    for (int i = 0; i < variants.size(); ++i) {
        const HubVariant& variant = variants[i];
        const bool isFile = std::any_of(variant.files.begin(), variant.files.end(), [&](const DownloadFile& file) {
            return file.path == wanted || QFileInfo(file.path).fileName().compare(wanted, Qt::CaseInsensitive) == 0;
        });
        if (isFile || variant.label.compare(wanted, Qt::CaseInsensitive) == 0) return i;
    }
    return -1;
}

}  // namespace lares::app

// What the hub's API says, as values; and files of a repository as what a person chooses from: one entry for each
// quantisation, all parts of a split model together. Pure functions that believe nothing in what they read: odd entries
// are left out. Shapes of the JSON: huggingface.co/docs/hub/api, and as seen.
#pragma once

#include "app/services/models/downloads/download_types.h"

#include <optional>
#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>
#include <QUrl>

namespace lares::app {

struct HubModel {
    QString repository;
    QString commit;  ///< empty where the list does not tell
    QString license, architecture;
    QStringList languages;
    QString gated;  ///< "", "auto" (granted to whoever agrees), "manual"
    qint64 downloads = 0, likes = 0, contextLength = 0;
    QString updatedAt;  ///< ISO 8601, as the hub says it
};

/// One way to have a model.
struct HubVariant {
    QString label;  ///< "Q4_K_M"; empty where the name tells none
    QList<DownloadFile> files;
    qint64 sizeBytes = 0;
    bool runs = true;  ///< whether the engine computes this weight format
};

/// What the engine computes; see inference::abilities().
struct HubFilter {
    QStringList architectures;  ///< "llama"
    QStringList formats;        ///< "Q4_K"
};

std::optional<QList<HubModel>> parseModels(const QByteArray& json);  ///< none: no list
std::optional<HubModel> parseModel(const QByteArray& json);
std::optional<QList<DownloadFile>> parseTree(const QByteArray& json);  ///< files with a hash and a safe path alone

/// The address behind rel="next" of a Link header; invalid when there is none.
QUrl nextPage(const QByteArray& linkHeader);

/// The quantisation in a file's name ("model-UD-Q4_K_XL-00001-of-00002.gguf": "UD-Q4_K_XL"); empty: none.
QString labelOf(const QString& path);
/// The weight format that most of it is stored in: "Q4_K_M" is mostly "Q4_K".
QString mainFormatOf(const QString& label);
/// What a quantisation means, in a few words: "recommended", "smaller, less exact". Empty: nothing is known of it.
QString wordsOf(const QString& label);

/// The models in a list of files, the most exact first. Left out: projectors, draft heads, adapters, dead layouts, and
/// split models of which a part is missing.
QList<HubVariant> variantsOf(const QList<DownloadFile>& files, const HubFilter& filter);
/// Which of them to offer first: Q4_K_M, or the nearest to it that runs; -1: none runs.
int recommended(const QList<HubVariant>& variants);
/// The variant that a person means by a file's name or a quantisation; -1: none.
int findVariant(const QList<HubVariant>& variants, const QString& wanted);

}  // namespace lares::app

// The models that Lares suggests: packaging/catalogue.json, carried in the program. Repositories, wanted quantisations
// and expected names alone; sizes, commits and hashes come from the hub when a model is fetched.
#pragma once

#include <optional>
#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>

namespace lares::app {

struct CatalogueFile {
    QString repository, label, file;
};

struct CatalogueModel {
    QString name, repository, architecture, license, languages, summary, note;
    double parametersBillions = 0;
    qint64 contextLength = 0;
    QStringList purposes;  ///< of: chat writing summaries code languages small embedding
    CatalogueFile recommended;
    std::optional<CatalogueFile> smaller;
};

QByteArray catalogueJson();
/// In the order of the file. An entry that says too little is a mistake of ours: asserted.
const QList<CatalogueModel>& catalogue();

}  // namespace lares::app

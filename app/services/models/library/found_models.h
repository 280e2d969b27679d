// Model files that other programs on this machine keep, found where those programs put them. Looks only, writes
// nothing, and believes nothing: a file counts when it begins as a GGUF file does. Where each program keeps its files:
// its own documentation. Reads folders, so not for the GUI thread.
#pragma once

#include <functional>
#include <QList>
#include <QString>
#include <QStringList>

namespace lares::app {

struct FoundModel {
    QString path;        ///< absolute; of a split model the first part
    QString name;        ///< as that program would call it
    QString program;     ///< "LM Studio", "Ollama", "GPT4All", "Jan", "Hugging Face", "llama.cpp"
    QString repository;  ///< "owner/name" where the place tells it
    QString revision;
    QString sha256;  ///< where the file's name tells it; not checked here
    qint64 sizeBytes = 0;
    bool operator==(const FoundModel&) const = default;
};

/// Folders that may or may not be there.
struct ModelPlaces {
    QString huggingFace, llamaCpp, gpt4all, jan;
    QStringList lmStudio, ollama;
};

/// Where the programs keep their files for this user, unless `environment` (a name to its value, empty when not set)
/// says otherwise with their own variables.
ModelPlaces usualPlaces(const QString& home, const std::function<QString(const char*)>& environment);

/// Everything found, in the order of programs and paths, each file once.
QList<FoundModel> findModels(const ModelPlaces& places);

}  // namespace lares::app

// Which reader a file is for, folders, and what the readers share.
#include "app/services/transfer/chat_import.h"

#include "app/services/chat/chat_values.h"
#include "app/services/transfer/readers.h"
#include "storage/import/ollama_reader.h"

#include <algorithm>
#include <deque>
#include <QCoreApplication>
#include <QDateTime>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QSet>

namespace lares::app {

namespace {

constexpr qint64 kLargestFileBytes = qint64{512} << 20;
constexpr int kMostFiles = 100'000;
constexpr int kLongestTitle = 200;
constexpr qint64 kLatestMs = 4'102'444'800'000;  // the year 2100: later is no time of a chat

QString tr(const char* text) {
    return QCoreApplication::translate("Import", text);
}

[[noreturn]] void refuseUnknown(const QString& path) {
    throw TransferError(
        tr("Lares knows no chats in %1. It reads exports of ChatGPT, Open WebUI and Lares, and the files "
           "of Jan, LM Studio, Ollama and GPT4All. Nothing was changed.")
            .arg(QFileInfo(path).fileName()));
}

void add(ImportedChats& all, const QString& from, import::Chats chats) {
    if (!all.from.contains(from)) all.from += all.from.isEmpty() ? from : QStringLiteral(", ") + from;
    std::move(chats.begin(), chats.end(), std::back_inserter(all.chats));
}

/// False: a JSON file of no known kind.
bool readJson(ImportedChats& all, const QJsonDocument& document) {
    using Reader = std::optional<import::Chats> (*)(const QJsonDocument&);
    static constexpr std::pair<const char*, Reader> kReaders[] = {{"Lares", import::readLares},
                                                                  {"ChatGPT", import::readChatGpt},
                                                                  {"Open WebUI", import::readOpenWebUi},
                                                                  {"LM Studio", import::readLmStudio}};
    for (const auto& [from, reader] : kReaders) {
        if (std::optional<import::Chats> chats = reader(document)) {
            add(all, QLatin1String(from), std::move(*chats));
            return true;
        }
    }
    return false;
}

void readFile(ImportedChats& all, const QString& path) {
    const QFileInfo info(path);
    if (info.fileName() == QLatin1String("messages.jsonl") || info.fileName() == QLatin1String("thread.json")) {
        add(all, QStringLiteral("Jan"), {import::readJanThread(info.dir())});
        return;
    }
    const QByteArray bytes = import::bytesOf(path);
    if (import::isGpt4All(bytes)) {
        add(all, QStringLiteral("GPT4All"), {import::readGpt4All(bytes)});
    } else if (bytes.startsWith("SQLite format 3")) {
        import::Chats chats = storage::readOllamaChats(path.toStdString());
        for (storage::ChatTree& tree : chats) {
            import::complete(tree, QString::fromStdString(tree.title), tree.createdAtMs, tree.updatedAtMs);
        }
        add(all, QStringLiteral("Ollama"), std::move(chats));
    } else if (bytes.startsWith("PK\x03\x04")) {
        throw TransferError(tr("%1 is an archive. Unpack it and choose what is inside, for ChatGPT conversations.json. "
                               "Nothing was changed.")
                                .arg(info.fileName()));
    } else if (!readJson(all, import::jsonOf(bytes, path))) {
        refuseUnknown(path);
    }
}

/// In a folder of another program there is more than chats, so what is none is passed over; a damaged one is not.
void readFolder(ImportedChats& all, const QString& path) {
    QDirIterator files(path, {QStringLiteral("*.json"), QStringLiteral("*.chat"), QStringLiteral("db.sqlite")},
                       QDir::Files, QDirIterator::Subdirectories);
    for (int count = 0; files.hasNext(); ++count) {
        if (count >= kMostFiles) {
            throw TransferError(tr("There are more than %L1 files in %2. Choose the folder of the chats alone. Nothing "
                                   "was changed.")
                                    .arg(kMostFiles)
                                    .arg(QDir(path).dirName()));
        }
        const QString file = files.next();
        const QDir folder = QFileInfo(file).dir();
        if (import::isJanThread(folder)) {
            if (files.fileName() == QLatin1String("thread.json")) readFile(all, file);
        } else if (files.fileName().endsWith(QLatin1String(".json"))) {
            readJson(all, import::jsonOf(import::bytesOf(file), file));
        } else {
            readFile(all, file);
        }
    }
}

}  // namespace

ImportedChats readChats(const QString& path) {
    const QFileInfo info(path);
    if (!info.exists()) throw TransferError(tr("There is no file %1. Nothing was changed.").arg(path));
    ImportedChats all;
    if (info.isDir()) {
        readFolder(all, path);
        if (all.from.isEmpty()) refuseUnknown(path);
    } else {
        readFile(all, path);
    }
    std::erase_if(all.chats, [](const storage::ChatTree& tree) { return tree.messages.empty(); });
    if (all.chats.empty()) {
        throw TransferError(
            tr("There is no chat in %1 in which anything was said. Nothing was changed.").arg(info.fileName()));
    }
    return all;
}

namespace import {

QByteArray bytesOf(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        throw TransferError(tr("%1 cannot be read: %2. Nothing was changed.").arg(path, file.errorString()));
    }
    if (file.size() > kLargestFileBytes) {
        throw TransferError(
            tr("%1 is larger than 512 MB, more than Lares reads at once. Nothing was changed.").arg(path));
    }
    return file.readAll();
}

QJsonDocument jsonOf(const QByteArray& bytes, const QString& path) {
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(bytes, &error);
    if (document.isNull()) {
        throw TransferError(
            tr("%1 holds no chats that Lares can read: it is damaged at byte %2 (%3), or no JSON. Nothing "
               "was changed.")
                .arg(QFileInfo(path).fileName())
                .arg(error.offset)
                .arg(error.errorString()));
    }
    return document;
}

storage::ChatTree treeOf(const QHash<QString, Node>& nodes, const QString& current) {
    QHash<QString, QStringList> children;
    QStringList ids = nodes.keys();
    std::sort(ids.begin(), ids.end(), [&nodes](const QString& a, const QString& b) {
        return std::pair(nodes[a].message.createdAtMs, a) < std::pair(nodes[b].message.createdAtMs, b);
    });
    for (const QString& id : qAsConst(ids)) {
        const QString& parent = nodes[id].parent;
        children[parent != id && nodes.contains(parent) ? parent : QString()] += id;
    }
    storage::ChatTree tree;
    QHash<QString, int> places;  // of the message, or of the last kept one before it
    std::deque<QString> waiting(children[QString()].begin(), children[QString()].end());
    for (; !waiting.empty(); waiting.pop_front()) {
        const QString id = waiting.front();
        const Node& node = nodes[id];
        int place = places.value(node.parent, -1);
        if (node.kept) {
            tree.messages.push_back(node.message);
            tree.messages.back().parent = place;
            place = int(tree.messages.size()) - 1;
        }
        places.insert(id, place);
        QStringList own = children.value(id);
        const auto rank = [&node](const QString& child) {
            const qsizetype listed = node.children.indexOf(child);
            return listed < 0 ? node.children.size() : listed;
        };
        std::stable_sort(own.begin(), own.end(),
                         [&rank](const QString& a, const QString& b) { return rank(a) < rank(b); });
        waiting.insert(waiting.end(), own.begin(), own.end());
    }
    if (places.size() != nodes.size()) {
        throw TransferError(
            tr("The messages of a chat go round in circles, so the file is damaged. Nothing was changed."));
    }
    tree.leaf = places.value(current, -1);
    return tree;
}

std::optional<storage::Role> roleOf(const QString& name) {
    if (name == QLatin1String("user")) return storage::Role::user;
    if (name == QLatin1String("assistant")) return storage::Role::assistant;
    return std::nullopt;
}

std::int64_t timeOf(const QJsonValue& value) {
    double number = value.toDouble();
    if (value.isString()) {
        number = double(QDateTime::fromString(value.toString(), Qt::ISODateWithMs).toMSecsSinceEpoch());
    } else if (number < 1e11) {
        number *= 1000;
    }
    return number > 0 && number < double(kLatestMs) ? std::int64_t(number) : 0;
}

void complete(storage::ChatTree& tree, const QString& title, std::int64_t createdAtMs, std::int64_t updatedAtMs) {
    QString shown = title.simplified().left(kLongestTitle);
    if (shown.isEmpty() && !tree.messages.empty())
        shown = titleFrom(QString::fromStdString(tree.messages.front().text));
    tree.title = shown.toStdString();
    std::int64_t first = createdAtMs, last = updatedAtMs;
    for (const storage::ChatTree::Message& message : tree.messages) {
        if (first == 0) first = message.createdAtMs;
        last = std::max(last, message.createdAtMs);
    }
    if (first == 0) first = QDateTime::currentMSecsSinceEpoch();
    tree.createdAtMs = first;
    tree.updatedAtMs = std::max(first, last);
    for (storage::ChatTree::Message& message : tree.messages) {
        if (message.createdAtMs == 0) message.createdAtMs = first;
    }
}

std::string detailsOf(const QString& from, const QString& model) {
    QJsonObject details{{QStringLiteral("importedFrom"), from}};
    if (!model.isEmpty()) details.insert(QStringLiteral("model"), model);
    return toJson(details);
}

std::string optionsOf(const QString& systemPrompt) {
    if (systemPrompt.trimmed().isEmpty()) return "{}";
    return toJson({{QStringLiteral("systemPrompt"), systemPrompt}});
}

}  // namespace import

}  // namespace lares::app

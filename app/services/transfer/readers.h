// The readers behind chat_import.h, and what they share. Files are strangers': every reader checks what it uses, and
// throws TransferError.
#pragma once

#include "app/services/transfer/chat_import.h"
#include "app/services/transfer/transfer_error.h"

#include <QDir>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>

namespace lares::app::import {

using Chats = std::vector<storage::ChatTree>;

// Of a parsed document; nothing where the document is of another kind.
std::optional<Chats> readChatGpt(const QJsonDocument& document);
std::optional<Chats> readOpenWebUi(const QJsonDocument& document);
std::optional<Chats> readLmStudio(const QJsonDocument& document);
std::optional<Chats> readLares(const QJsonDocument& document);

bool isJanThread(const QDir& folder);
storage::ChatTree readJanThread(const QDir& folder);
bool isGpt4All(const QByteArray& bytes);
storage::ChatTree readGpt4All(const QByteArray& bytes);

/// Of a file up to 512 MB.
QByteArray bytesOf(const QString& path);
QJsonDocument jsonOf(const QByteArray& bytes, const QString& path);

/// A message of a tree whose messages name each other by ids.
struct Node {
    QString parent;        ///< empty or unknown: a first message
    QStringList children;  ///< in their order; those left out follow
    bool kept = true;      ///< false: no message of a person or an answer; what follows joins what was before
    storage::ChatTree::Message message;
};
/// Throws where ids go round in circles.
storage::ChatTree treeOf(const QHash<QString, Node>& nodes, const QString& current);

/// "user", "assistant"; nothing for any other.
std::optional<storage::Role> roleOf(const QString& name);
/// Milliseconds from seconds, milliseconds or ISO 8601; 0 where it is none of these.
std::int64_t timeOf(const QJsonValue& value);
/// Gives the chat a title from its first words where `title` is blank, and times where it has none.
void complete(storage::ChatTree& tree, const QString& title, std::int64_t createdAtMs, std::int64_t updatedAtMs);
std::string detailsOf(const QString& from, const QString& model);
std::string optionsOf(const QString& systemPrompt);

}  // namespace lares::app::import

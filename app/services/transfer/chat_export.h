// Chats as files that people and other programs can read: Markdown (the shown branch) and JSON (all branches; what
// readChats takes back). HTML and PDF, which need a renderer, are ui/chat/chat_document.h's, over the same values.
#pragma once

#include "app/services/chat/chat_types.h"
#include "storage/stores/chat_store.h"

#include <QByteArray>
#include <QList>
#include <QString>
#include <vector>

namespace lares::app {

/// One message as a reader of the file sees it.
struct ExportedMessage {
    QString heading;  ///< who and when: "You, 2026-11-25 20:12"
    bool mine = false;
    QString text;  ///< Markdown
    QList<ChatAttachment> attachments;
};

/// The shown branch of a chat.
struct ExportedChat {
    QString title;
    QList<ExportedMessage> messages;
};

QList<ExportedChat> exportedChats(const std::vector<storage::ChatTree>& trees);

QByteArray chatsToMarkdown(const QList<ExportedChat>& chats);
QByteArray chatsToJson(const std::vector<storage::ChatTree>& trees);

}  // namespace lares::app

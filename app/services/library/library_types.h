// The values LibraryService hands out. Plain and copyable: they cross threads.
#pragma once

#include "app/services/chat/chat_types.h"

#include <QHash>
#include <QList>
#include <QMetaType>
#include <QString>

namespace lares::app {

struct FolderItem {
    qint64 id = 0;
    QString name;
    bool operator==(const FolderItem&) const = default;
};

/// Options under a name, to begin chats with or to give to a chat.
struct AssistantItem {
    qint64 id = 0;  ///< 0: not stored yet
    QString name;
    ChatOptions options;
    bool operator==(const AssistantItem&) const = default;
};

/// A text to begin a message with, found by its name behind `/`.
struct PromptItem {
    qint64 id = 0;  ///< 0: not stored yet
    QString name;
    QString text;
    bool operator==(const PromptItem&) const = default;
};

/// A deleted chat that can still come back.
struct TrashItem {
    qint64 chatId = 0;
    QString title;
    qint64 deletedAtMs = 0;
    bool operator==(const TrashItem&) const = default;
};

/// All that LibraryService keeps at hand.
struct LibraryItems {
    QList<FolderItem> folders;
    QList<AssistantItem> assistants;
    QList<PromptItem> prompts;
    QHash<qint64, QString> drafts;  ///< chat, or 0 for the one not begun
    bool operator==(const LibraryItems&) const = default;
};

}  // namespace lares::app

Q_DECLARE_METATYPE(lares::app::TrashItem)

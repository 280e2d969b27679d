// The values ChatService hands out. Plain and copyable: they cross threads and go into list models as they are.
#pragma once

#include <QJsonObject>
#include <QList>
#include <QMetaType>
#include <QString>

namespace lares::app {

enum class MessageRole { user, assistant };
enum class MessageState {
    writing,  ///< an answer being generated, or waiting its turn (then `queued`)
    complete,
    stopped,  ///< by the person, or by the program's end; the text is what there was
    failed,   ///< `error` says why; the text is what there was
};

/// One row of the chat list, newest first.
struct ChatListItem {
    qint64 id = 0;
    QString title;
    qint64 createdAtMs = 0;
    qint64 updatedAtMs = 0;
    bool operator==(const ChatListItem&) const = default;
};

/// Where a found word stands in a snippet, in UTF-16 units.
struct SnippetMark {
    int start = 0, length = 0;
    bool operator==(const SnippetMark&) const = default;
};

/// One chat that matches a search: by its title (messageId 0) or by its best message.
struct ChatSearchHit {
    qint64 chatId = 0;
    qint64 messageId = 0;
    QString title;
    qint64 updatedAtMs = 0;
    QString snippet;  ///< plain text, one line
    QList<SnippetMark> marks;
};

/// One message of the branch that is shown.
struct ChatMessageItem {
    qint64 id = 0;
    qint64 chatId = 0;
    qint64 parentId = 0;  ///< 0: the first of its chat
    MessageRole role = MessageRole::user;
    MessageState state = MessageState::complete;
    QString text;  ///< Markdown
    qint64 createdAtMs = 0;
    int siblingIndex = 0;  ///< which of the messages that share its parent: `< 2/3 >` is index 1, count 3
    int siblingCount = 1;
    bool queued = false;  ///< writing, but another answer is before it
    QString error;        ///< a sentence, only when failed

    /// Of an answer, once it is over; absent keys mean not known. Keys:
    /// "model" name, "modelPath", "device", "template" ("model" or the fallback's name),
    /// "finish" (endOfText stopString maxTokens contextFull cancelled), "seed" (text, 64 bit),
    /// "sampling" {temperature topK topP minP repeatPenalty repeatLastN maxTokens}, "promptTokens", "reusedTokens",
    /// "generatedTokens", "contextLength", "tokensPerSecond", "timeToFirstTokenSeconds", "promptSeconds",
    /// "generateSeconds".
    QJsonObject details;
};

}  // namespace lares::app

Q_DECLARE_METATYPE(lares::app::ChatListItem)
Q_DECLARE_METATYPE(lares::app::ChatSearchHit)
Q_DECLARE_METATYPE(lares::app::ChatMessageItem)

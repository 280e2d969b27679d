// The values ChatService hands out. Plain and copyable: they cross threads and go into list models as they are.
#pragma once

#include <optional>
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
    qint64 folderId = 0;  ///< 0: in none
    bool pinned = false;
    bool operator==(const ChatListItem&) const = default;
};

/// Where a found word stands in a snippet, in UTF-16 units.
struct SnippetMark {
    int start = 0, length = 0;
    bool operator==(const SnippetMark&) const = default;
};

/// What to search for; see ChatService::searchChats.
struct ChatSearch {
    QString text;
    std::optional<MessageRole> role{};  ///< who said it; titles are then not looked at
    qint64 sinceMs = 0;                 ///< said at this time or later
    qint64 folderId = -1;               ///< 0: in no folder; -1: wherever
    bool operator==(const ChatSearch&) const = default;
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

/// A text file that comes with a message.
struct ChatAttachment {
    QString name;
    QString text;
    bool operator==(const ChatAttachment&) const = default;
};

/// What a chat does otherwise than the settings say, as JSON; absent keys follow the settings. Keys:
/// "systemPrompt" text, "model" path of a model file, "assistant" name of the assistant that these came from,
/// "sampling" {temperature topK topP minP repeatPenalty maxTokens seed}, each of them optional.
using ChatOptions = QJsonObject;

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
    QList<ChatAttachment> attachments{};
    std::optional<QString> summary{};  ///< what the model is told in place of this message and all before; may be empty

    /// Of an answer, once it is over; absent keys mean not known. Keys:
    /// "model" name, "modelPath", "modelHash" (SHA-256 of the file; comes later than the rest when it was not known),
    /// "device", "template" ("model" or the fallback's name), "templateHash" (SHA-256 of its text), "systemPrompt",
    /// "finish" (endOfText stopString maxTokens contextFull cancelled), "seed" (text, 64 bit),
    /// "sampling" {temperature topK topP minP repeatPenalty repeatLastN maxTokens}, "promptTokens", "reusedTokens",
    /// "generatedTokens", "contextLength", "tokensPerSecond", "timeToFirstTokenSeconds", "promptSeconds",
    /// "generateSeconds". Of an answer that was continued: "continuedAt" (length of the text before), "before" (the
    /// details of that). Of one that a person wrote anew: "edited" true.
    QJsonObject details;
};

}  // namespace lares::app

Q_DECLARE_METATYPE(lares::app::ChatListItem)
Q_DECLARE_METATYPE(lares::app::ChatSearchHit)
Q_DECLARE_METATYPE(lares::app::ChatMessageItem)

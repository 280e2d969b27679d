// Chats and their messages. A chat is a tree: each message names its parent, several with one parent are branches, and
// the chat remembers the leaf that is shown. Titles and finished messages are searchable (FTS5, kept by triggers).
#pragma once

#include "storage/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lares::storage {

enum class Role { user, assistant };
enum class MessageState { writing, complete, stopped, failed };

struct ChatRow {
    std::int64_t id = 0;
    std::string title;
    std::int64_t createdAtMs = 0;
    std::int64_t updatedAtMs = 0;
    std::int64_t leafId = 0;  ///< 0: no message yet
};

struct MessageRow {
    std::int64_t id = 0;
    std::int64_t chatId = 0;
    std::int64_t parentId = 0;  ///< 0: a first message
    Role role = Role::user;
    std::string text;
    MessageState state = MessageState::complete;
    std::int64_t createdAtMs = 0;
    std::string details = "{}";  ///< JSON
    int siblingIndex = 0;        ///< among the messages with the same parent, oldest first
    int siblingCount = 1;
};

struct SearchHit {
    std::int64_t chatId = 0;
    std::int64_t messageId = 0;  ///< 0: the title matched
    std::string title;
    std::int64_t updatedAtMs = 0;
    std::string snippet;  ///< found words between kMarkBegin and kMarkEnd
};
inline constexpr char kMarkBegin = '\x02', kMarkEnd = '\x03';

class ChatStore {
 public:
    explicit ChatStore(Database& database) : m_database(database) {}

    std::int64_t createChat(const std::string& title, std::int64_t nowMs);
    /// Newest first, without the deleted ones.
    std::vector<ChatRow> listChats();
    /// Deleted ones too. Throws notFound.
    ChatRow chat(std::int64_t chatId);
    void renameChat(std::int64_t chatId, const std::string& title);
    void touchChat(std::int64_t chatId, std::int64_t nowMs);
    void deleteChat(std::int64_t chatId, std::int64_t nowMs);  ///< soft: undoDelete brings it back
    void undoDelete(std::int64_t chatId);
    /// Ends those deleted before `beforeMs` for good: their text is in no file any more, save backups younger than that
    /// (Database::dropOldCopies). Returns how many. When it throws, they may be gone already with traces left, which
    /// the next call removes. Not inside a transaction.
    int purgeDeleted(std::int64_t beforeMs);

    /// The message becomes the leaf of its chat. `parentId` 0: a first message. Returns its id. Throws notFound.
    std::int64_t addMessage(std::int64_t chatId, std::int64_t parentId, Role role, const std::string& text,
                            MessageState state, std::int64_t nowMs);
    /// Text and state of an answer while it is written; details only at its end. A message that was purged meanwhile is
    /// passed over.
    void saveText(std::int64_t messageId, const std::string& text, MessageState state);
    void finishMessage(std::int64_t messageId, const std::string& text, MessageState state, const std::string& details);
    MessageRow message(std::int64_t messageId);  ///< throws notFound
    /// From the first message down to the chat's leaf, with sibling counts.
    std::vector<MessageRow> shownMessages(std::int64_t chatId);
    /// From the first message down to this one.
    std::vector<MessageRow> pathTo(std::int64_t messageId);
    /// The shown branch becomes the one through this message, down its newest children.
    void showBranch(std::int64_t messageId);
    /// The message `step` places away among its siblings; itself when there is none.
    std::int64_t sibling(std::int64_t messageId, int step);

    /// Answers that a crash left in `writing` become `stopped` with what they had. Returns how many.
    int recoverInterrupted();

    /// Chats with every word of `text` in the title or in one message, one hit per chat: titles first (last used
    /// first), then messages (newest first). The last word may be unfinished. Nothing in `text` is taken as query
    /// syntax.
    std::vector<SearchHit> search(const std::string& text, int limit);

 private:
    Database& m_database;
};

}  // namespace lares::storage

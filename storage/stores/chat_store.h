// Chats and their messages. A chat is a tree: each message names its parent, several with one parent are branches, and
// the chat remembers the leaf that is shown. Titles and finished messages are searchable (FTS5, kept by triggers).
// Folders, assistants and saved prompts are LibraryStore's.
#pragma once

#include "storage/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lares::storage {

enum class Role { user, assistant };
enum class MessageState { writing, complete, stopped, failed };
enum class TitleBy { words, model, person };  ///< the first words of the chat, a model's proposal, or typed

struct ChatRow {
    std::int64_t id = 0;
    std::string title;
    std::int64_t createdAtMs = 0;
    std::int64_t updatedAtMs = 0;
    std::int64_t leafId = 0;       ///< 0: no message yet
    std::int64_t folderId = 0;     ///< 0: in none
    std::int64_t pinnedAtMs = 0;   ///< 0: not pinned
    std::int64_t deletedAtMs = 0;  ///< 0: not in the trash
    TitleBy titleBy = TitleBy::words;
};

/// A text file that came with a message.
struct Attachment {
    std::string name;
    std::string text;
    bool operator==(const Attachment&) const = default;
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
    std::vector<Attachment> attachments{};
    std::optional<std::string> summary{};  ///< stands for this message and all before it; empty text: left out
};

/// A chat as another program, or another Lares, kept it. Parents come before their children.
struct ChatTree {
    struct Message {
        int parent = -1;  ///< place in `messages`; -1: a first message
        Role role = Role::user;
        std::string text;
        std::int64_t createdAtMs = 0;
        std::string details = "{}";
        std::vector<Attachment> attachments{};
    };
    std::string title;
    std::int64_t createdAtMs = 0;
    std::int64_t updatedAtMs = 0;
    std::string options = "{}";
    std::vector<Message> messages;
    int leaf = -1;  ///< place of the last message of the shown branch; -1: the last one there is
};

struct SearchQuery {
    std::string text;
    std::optional<Role> role{};  ///< of the message; titles are then not looked at
    std::int64_t sinceMs = 0;    ///< said (a title: chat last used) at this time or later
    std::int64_t beforeMs = 0;   ///< ... and before this one; 0: no end
    std::int64_t folderId = -1;  ///< 0: in no folder; -1: wherever
    int limit = 200;             ///< chats
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

    /// All of `work` or none of it, as one transaction.
    template <typename Work>
    decltype(auto) inTransaction(Work&& work) {
        return m_database.inTransaction(std::forward<Work>(work));
    }

    // --- chats (chat_store.cpp) ---
    std::int64_t createChat(const std::string& title, std::int64_t nowMs);
    /// Newest first, without the deleted ones.
    std::vector<ChatRow> listChats();
    /// Deleted ones too. Throws notFound.
    ChatRow chat(std::int64_t chatId);
    void renameChat(std::int64_t chatId, const std::string& title);
    /// A model's proposal: taken only where the title is still the first words. Whether it was.
    bool proposeTitle(std::int64_t chatId, const std::string& title);
    void touchChat(std::int64_t chatId, std::int64_t nowMs);

    // --- order and trash (chat_organising.cpp) ---
    void setPinned(std::int64_t chatId, std::int64_t pinnedAtMs);  ///< 0: not pinned
    /// Throws notFound. `folderId` 0: out of its folder.
    void moveToFolder(std::int64_t chatId, std::int64_t folderId);
    std::string options(std::int64_t chatId);  ///< JSON
    void setOptions(std::int64_t chatId, const std::string& json);
    /// All branches, attachments and summaries; an answer being written is copied as stopped. Returns the copy's id.
    std::int64_t duplicateChat(std::int64_t chatId, const std::string& title, std::int64_t nowMs);

    void deleteChat(std::int64_t chatId, std::int64_t nowMs);  ///< soft: undoDelete brings it back
    void undoDelete(std::int64_t chatId);
    std::vector<ChatRow> listDeleted();  ///< last deleted first
    /// Ends those deleted before `beforeMs` for good: their text is in no file any more, save backups younger than that
    /// (Database::dropOldCopies). Returns how many. When it throws, they may be gone already with traces left, which
    /// the next call removes. Not inside a transaction.
    int purgeDeleted(std::int64_t beforeMs);
    /// The same for one chat, in the trash or not; backups made before `nowMs` go with it.
    void eraseChat(std::int64_t chatId, std::int64_t nowMs);

    // --- messages (chat_tree.cpp) ---
    /// The message becomes the leaf of its chat. `parentId` 0: a first message. Returns its id. Throws notFound.
    std::int64_t addMessage(std::int64_t chatId, std::int64_t parentId, Role role, const std::string& text,
                            MessageState state, std::int64_t nowMs, const std::vector<Attachment>& attachments = {});
    /// A whole chat; returns its id.
    std::int64_t addTree(const ChatTree& tree);
    /// All branches, in the form that addTree takes.
    ChatTree tree(std::int64_t chatId);
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
    void putSummary(std::int64_t messageId, const std::string& text, std::int64_t nowMs);
    void removeSummary(std::int64_t messageId);

    /// Answers that a crash left in `writing` become `stopped` with what they had. Returns how many.
    int recoverInterrupted();

    /// Chats with every word of the text in the title or in one message, one hit per chat: titles first (last used
    /// first), then messages (newest first). The last word may be unfinished. Nothing in the text is taken as query
    /// syntax. (message_search.cpp)
    std::vector<SearchHit> search(const SearchQuery& query);
    std::vector<SearchHit> search(const std::string& text, int limit) { return search({.text = text, .limit = limit}); }

 private:
    int erase(const char* chats, std::int64_t value);

    Database& m_database;
};

}  // namespace lares::storage

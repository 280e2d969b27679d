// The chats themselves. Every verb is one statement or one transaction that takes the write lock at its start, so that
// none can find its snapshot overtaken. The other parts of ChatStore: chat_organising, chat_tree, message_search.
#include "storage/stores/chat_store.h"

#include "storage/stores/chat_rows.h"

namespace lares::storage {

std::int64_t ChatStore::createChat(const std::string& title, std::int64_t nowMs) {
    return guarded([&]() -> std::int64_t {
        execute(m_database, "INSERT INTO chats (title, created_at_ms, updated_at_ms) VALUES (?1, ?2, ?2)", title,
                nowMs);
        return m_database.connection().getLastInsertRowid();
    });
}

std::vector<ChatRow> ChatStore::listChats() {
    return guarded([&] {
        auto query = prepared(
            m_database, std::string(kChatColumns) + "WHERE deleted_at_ms IS NULL ORDER BY updated_at_ms DESC, id DESC");
        return chatsFrom(query);
    });
}

ChatRow ChatStore::chat(std::int64_t chatId) {
    return guarded([&] {
        auto query = prepared(m_database, std::string(kChatColumns) + "WHERE id = ?1", chatId);
        if (!query.executeStep()) noSuch("chat");
        return chatFrom(query);
    });
}

void ChatStore::renameChat(std::int64_t chatId, const std::string& title) {
    guarded([&] {
        if (execute(m_database, "UPDATE chats SET title = ?2, title_by = 'person' WHERE id = ?1", chatId, title) == 0) {
            noSuch("chat");
        }
    });
}

bool ChatStore::proposeTitle(std::int64_t chatId, const std::string& title) {
    return guarded([&] {
        return execute(m_database,
                       "UPDATE chats SET title = ?2, title_by = 'model' WHERE id = ?1 AND title_by = 'words'", chatId,
                       title) > 0;
    });
}

void ChatStore::touchChat(std::int64_t chatId, std::int64_t nowMs) {
    guarded([&] { execute(m_database, "UPDATE chats SET updated_at_ms = ?2 WHERE id = ?1", chatId, nowMs); });
}

}  // namespace lares::storage

// The part of ChatStore about chats as wholes: order, options, copies, and the trash, which is emptied for real.
#include "storage/stores/chat_rows.h"

namespace lares::storage {

void ChatStore::setPinned(std::int64_t chatId, std::int64_t pinnedAtMs) {
    guarded([&] {
        if (execute(m_database, "UPDATE chats SET pinned_at_ms = nullif(?2, 0) WHERE id = ?1", chatId, pinnedAtMs) ==
            0) {
            noSuch("chat");
        }
    });
}

void ChatStore::moveToFolder(std::int64_t chatId, std::int64_t folderId) {
    m_database.inTransaction([&] {
        if (folderId != 0 && !prepared(m_database, "SELECT 1 FROM folders WHERE id = ?1", folderId).executeStep()) {
            noSuch("folder");
        }
        if (execute(m_database, "UPDATE chats SET folder_id = nullif(?2, 0) WHERE id = ?1", chatId, folderId) == 0) {
            noSuch("chat");
        }
    });
}

std::string ChatStore::options(std::int64_t chatId) {
    return guarded([&]() -> std::string {
        auto query = prepared(m_database, "SELECT options FROM chats WHERE id = ?1", chatId);
        if (!query.executeStep()) noSuch("chat");
        return query.getColumn(0);
    });
}

void ChatStore::setOptions(std::int64_t chatId, const std::string& json) {
    guarded([&] {
        if (execute(m_database, "UPDATE chats SET options = ?2 WHERE id = ?1", chatId, json) == 0) noSuch("chat");
    });
}

std::int64_t ChatStore::duplicateChat(std::int64_t chatId, const std::string& title, std::int64_t nowMs) {
    return m_database.inTransaction([&] {
        const ChatRow from = chat(chatId);
        execute(m_database,
                "INSERT INTO chats (title, title_by, created_at_ms, updated_at_ms, folder_id, options) "
                "SELECT ?2, title_by, ?3, ?3, folder_id, options FROM chats WHERE id = ?1",
                chatId, title, nowMs);
        const std::int64_t copy = m_database.connection().getLastInsertRowid();
        // The k-th message of the chat becomes the k-th of those to come; parents are older, so their place is known.
        const std::int64_t last = m_database.connection().execAndGet(
            "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'messages'");
        const std::string places =
            "WITH place (old, new) AS MATERIALIZED ("
            "SELECT id, ?3 + row_number() OVER (ORDER BY id) FROM messages WHERE chat_id = ?1) ";
        execute(m_database,
                places +
                    "INSERT INTO messages (id, chat_id, parent_id, role, text, state, created_at_ms, details) "
                    "SELECT place.new, ?2, parent.new, role, text, "
                    "CASE state WHEN 'writing' THEN 'stopped' ELSE state END, created_at_ms, details "
                    "FROM place JOIN messages m ON m.id = place.old LEFT JOIN place parent ON parent.old = m.parent_id "
                    "ORDER BY place.new",
                chatId, copy, last);
        execute(m_database,
                places +
                    "INSERT INTO attachments (chat_id, message_id, name, text) SELECT ?2, place.new, a.name, a.text "
                    "FROM attachments a JOIN place ON place.old = a.message_id WHERE a.chat_id = ?1 ORDER BY a.id",
                chatId, copy, last);
        execute(m_database,
                places +
                    "INSERT INTO summaries (message_id, chat_id, text, created_at_ms) "
                    "SELECT place.new, ?2, s.text, s.created_at_ms "
                    "FROM summaries s JOIN place ON place.old = s.message_id WHERE s.chat_id = ?1",
                chatId, copy, last);
        execute(m_database, places + "UPDATE chats SET leaf_id = (SELECT new FROM place WHERE old = ?4) WHERE id = ?2",
                chatId, copy, last, from.leafId);
        return copy;
    });
}

void ChatStore::deleteChat(std::int64_t chatId, std::int64_t nowMs) {
    guarded([&] {
        if (execute(m_database, "UPDATE chats SET deleted_at_ms = ?2 WHERE id = ?1 AND deleted_at_ms IS NULL", chatId,
                    nowMs) == 0) {
            noSuch("chat");
        }
    });
}

void ChatStore::undoDelete(std::int64_t chatId) {
    guarded([&] {
        if (execute(m_database, "UPDATE chats SET deleted_at_ms = NULL WHERE id = ?1", chatId) == 0) noSuch("chat");
    });
}

std::vector<ChatRow> ChatStore::listDeleted() {
    return guarded([&] {
        auto query = prepared(m_database, std::string(kChatColumns) +
                                              "WHERE deleted_at_ms IS NOT NULL ORDER BY deleted_at_ms DESC, id DESC");
        return chatsFrom(query);
    });
}

/// `chats` is what follows WHERE, with ?1 in it. Returns how many chats went.
int ChatStore::erase(const char* chats, std::int64_t value) {
    return m_database.inTransaction([&] {
        const std::string which = chats;
        const std::string ofThese = " WHERE chat_id IN (SELECT id FROM chats WHERE " + which + ")";
        execute(m_database, "DELETE FROM attachments" + ofThese, value);
        execute(m_database, "DELETE FROM summaries" + ofThese, value);
        execute(m_database, "DELETE FROM drafts" + ofThese, value);
        // Leaves point at messages and messages at each other: let go of the leaves, then all messages in one
        // statement.
        execute(m_database, "UPDATE chats SET leaf_id = NULL WHERE " + which, value);
        execute(m_database, "DELETE FROM messages" + ofThese, value);
        const int erased = execute(m_database, "DELETE FROM chats WHERE " + which, value);
        if (erased > 0) {
            // A delete leaves the words in the full-text index, only marked; merging its parts takes them out.
            execute(m_database, "INSERT INTO chats_fts (chats_fts) VALUES ('optimize')");
            execute(m_database, "INSERT INTO messages_fts (messages_fts) VALUES ('optimize')");
        }
        return erased;
    });
}

int ChatStore::purgeDeleted(std::int64_t beforeMs) {
    const int count = erase("deleted_at_ms < ?1", beforeMs);
    m_database.dropOldCopies(beforeMs);  // also when nothing was purged now: a crash may have kept it from happening
    return count;
}

void ChatStore::eraseChat(std::int64_t chatId, std::int64_t nowMs) {
    if (erase("id = ?1", chatId) == 0) noSuch("chat");
    m_database.dropOldCopies(nowMs);
}

}  // namespace lares::storage

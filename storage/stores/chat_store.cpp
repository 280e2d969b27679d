// The SQL of chats and messages, but for the search. Every verb is one statement or one transaction that takes the
// write lock at its start, so that none can find its snapshot overtaken.
#include "storage/stores/chat_store.h"

#include <sqlite3.h>
#include <SQLiteCpp/Statement.h>
#include <algorithm>
#include <array>
#include <string_view>

namespace lares::storage {

namespace {

constexpr std::array<const char*, 2> kRoleNames = {"user", "assistant"};
constexpr std::array<const char*, 4> kStateNames = {"writing", "complete", "stopped", "failed"};

const char* nameOf(Role role) {
    return kRoleNames[static_cast<std::size_t>(role)];
}
const char* nameOf(MessageState state) {
    return kStateNames[static_cast<std::size_t>(state)];
}

template <typename Enum, std::size_t count>
Enum fromName(const std::array<const char*, count>& names, std::string_view name) {
    const auto found = std::find(names.begin(), names.end(), name);
    // The table's CHECK keeps others out, so it is not our row.
    if (found == names.end()) throw SQLite::Exception("unknown word in a row: " + std::string(name), SQLITE_CORRUPT);
    return static_cast<Enum>(found - names.begin());
}

template <typename... Values>
SQLite::Statement prepared(Database& database, const char* sql, const Values&... values) {
    SQLite::Statement statement(database.connection(), sql);
    int index = 0;
    (statement.bind(++index, values), ...);
    return statement;
}

template <typename... Values>
int execute(Database& database, const char* sql, const Values&... values) {
    return prepared(database, sql, values...).exec();
}

[[noreturn]] void noSuch(const char* thing) {
    throw Error(ErrorKind::notFound, std::string("This ") + thing + " is not there any more. Nothing was changed.");
}

constexpr const char* kChatColumns = "SELECT id, title, created_at_ms, updated_at_ms, coalesce(leaf_id, 0) FROM chats ";

ChatRow chatFrom(SQLite::Statement& row) {
    return {.id = row.getColumn(0),
            .title = row.getColumn(1),
            .createdAtMs = row.getColumn(2),
            .updatedAtMs = row.getColumn(3),
            .leafId = row.getColumn(4)};
}

/// `IS` compares NULL parents too and uses messages_by_chat.
constexpr const char* kMessageColumns =
    "SELECT m.id, m.chat_id, coalesce(m.parent_id, 0), m.role, m.text, m.state, m.created_at_ms, m.details, "
    "(SELECT count(*) FROM messages s WHERE s.chat_id = m.chat_id AND s.parent_id IS m.parent_id AND s.id < m.id), "
    "(SELECT count(*) FROM messages s WHERE s.chat_id = m.chat_id AND s.parent_id IS m.parent_id) ";

MessageRow messageFrom(SQLite::Statement& row) {
    return {.id = row.getColumn(0),
            .chatId = row.getColumn(1),
            .parentId = row.getColumn(2),
            .role = fromName<Role>(kRoleNames, row.getColumn(3).getText()),
            .text = row.getColumn(4),
            .state = fromName<MessageState>(kStateNames, row.getColumn(5).getText()),
            .createdAtMs = row.getColumn(6),
            .details = row.getColumn(7),
            .siblingIndex = row.getColumn(8),
            .siblingCount = row.getColumn(9)};
}

}  // namespace

std::int64_t ChatStore::createChat(const std::string& title, std::int64_t nowMs) {
    return guarded([&]() -> std::int64_t {
        execute(m_database, "INSERT INTO chats (title, created_at_ms, updated_at_ms) VALUES (?1, ?2, ?2)", title,
                nowMs);
        return m_database.connection().getLastInsertRowid();
    });
}

std::vector<ChatRow> ChatStore::listChats() {
    return guarded([&] {
        std::vector<ChatRow> rows;
        auto query = prepared(
            m_database,
            (std::string(kChatColumns) + "WHERE deleted_at_ms IS NULL ORDER BY updated_at_ms DESC, id DESC").c_str());
        while (query.executeStep()) rows.push_back(chatFrom(query));
        return rows;
    });
}

ChatRow ChatStore::chat(std::int64_t chatId) {
    return guarded([&] {
        auto query = prepared(m_database, (std::string(kChatColumns) + "WHERE id = ?1").c_str(), chatId);
        if (!query.executeStep()) noSuch("chat");
        return chatFrom(query);
    });
}

void ChatStore::renameChat(std::int64_t chatId, const std::string& title) {
    guarded([&] {
        if (execute(m_database, "UPDATE chats SET title = ?2 WHERE id = ?1", chatId, title) == 0) noSuch("chat");
    });
}

void ChatStore::touchChat(std::int64_t chatId, std::int64_t nowMs) {
    guarded([&] { execute(m_database, "UPDATE chats SET updated_at_ms = ?2 WHERE id = ?1", chatId, nowMs); });
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

int ChatStore::purgeDeleted(std::int64_t beforeMs) {
    const int count = m_database.inTransaction([&] {
        // Leaves point at messages and messages at each other: let go of the leaves, then all messages in one
        // statement.
        execute(m_database, "UPDATE chats SET leaf_id = NULL WHERE deleted_at_ms < ?1", beforeMs);
        execute(m_database, "DELETE FROM messages WHERE chat_id IN (SELECT id FROM chats WHERE deleted_at_ms < ?1)",
                beforeMs);
        const int purged = execute(m_database, "DELETE FROM chats WHERE deleted_at_ms < ?1", beforeMs);
        if (purged > 0) {
            // A delete leaves the words in the full-text index, only marked; merging its parts takes them out.
            execute(m_database, "INSERT INTO chats_fts (chats_fts) VALUES ('optimize')");
            execute(m_database, "INSERT INTO messages_fts (messages_fts) VALUES ('optimize')");
        }
        return purged;
    });
    m_database.dropOldCopies(beforeMs);  // also when nothing was purged now: a crash may have kept it from happening
    return count;
}

std::int64_t ChatStore::addMessage(std::int64_t chatId, std::int64_t parentId, Role role, const std::string& text,
                                   MessageState state, std::int64_t nowMs) {
    return m_database.inTransaction([&] {
        if (parentId != 0 && message(parentId).chatId != chatId) noSuch("message");
        chat(chatId);  // throws notFound
        execute(m_database,
                "INSERT INTO messages (chat_id, parent_id, role, text, state, created_at_ms) "
                "VALUES (?1, nullif(?2, 0), ?3, ?4, ?5, ?6)",
                chatId, parentId, nameOf(role), text, nameOf(state), nowMs);
        const std::int64_t id = m_database.connection().getLastInsertRowid();
        execute(m_database, "UPDATE chats SET leaf_id = ?2, updated_at_ms = ?3 WHERE id = ?1", chatId, id, nowMs);
        return id;
    });
}

void ChatStore::saveText(std::int64_t messageId, const std::string& text, MessageState state) {
    guarded([&] {
        execute(m_database, "UPDATE messages SET text = ?2, state = ?3 WHERE id = ?1", messageId, text, nameOf(state));
    });
}

void ChatStore::finishMessage(std::int64_t messageId, const std::string& text, MessageState state,
                              const std::string& details) {
    guarded([&] {
        execute(m_database, "UPDATE messages SET text = ?2, state = ?3, details = ?4 WHERE id = ?1", messageId, text,
                nameOf(state), details);
    });
}

MessageRow ChatStore::message(std::int64_t messageId) {
    return guarded([&] {
        auto query =
            prepared(m_database, (std::string(kMessageColumns) + "FROM messages m WHERE m.id = ?1").c_str(), messageId);
        if (!query.executeStep()) noSuch("message");
        return messageFrom(query);
    });
}

std::vector<MessageRow> ChatStore::shownMessages(std::int64_t chatId) {
    const std::int64_t leafId = chat(chatId).leafId;
    return leafId == 0 ? std::vector<MessageRow>() : pathTo(leafId);
}

std::vector<MessageRow> ChatStore::pathTo(std::int64_t messageId) {
    return guarded([&] {
        std::vector<MessageRow> rows;
        // A child is always younger than its parent, so the order of ids is the order of the path.
        auto query = prepared(
            m_database,
            (std::string("WITH RECURSIVE path (id, parent_id) AS ("
                         "SELECT id, parent_id FROM messages WHERE id = ?1 "
                         "UNION ALL SELECT p.id, p.parent_id FROM messages p JOIN path ON p.id = path.parent_id) ") +
             kMessageColumns + "FROM path CROSS JOIN messages m ON m.id = path.id ORDER BY m.id")
                .c_str(),
            messageId);
        while (query.executeStep()) rows.push_back(messageFrom(query));
        if (rows.empty()) noSuch("message");
        return rows;
    });
}

void ChatStore::showBranch(std::int64_t messageId) {
    m_database.inTransaction([&] {
        execute(m_database,
                "WITH RECURSIVE down (id) AS (SELECT ?1 UNION ALL SELECT "
                "(SELECT max(c.id) FROM messages c WHERE c.parent_id = down.id) FROM down WHERE down.id IS NOT NULL) "
                "UPDATE chats SET leaf_id = (SELECT max(id) FROM down) WHERE id = ?2",
                messageId, message(messageId).chatId);
    });
}

std::int64_t ChatStore::sibling(std::int64_t messageId, int step) {
    return guarded([&]() -> std::int64_t {
        const MessageRow from = message(messageId);
        const int index = from.siblingIndex + step;
        if (index < 0) return messageId;
        auto query = prepared(
            m_database,
            "SELECT id FROM messages WHERE chat_id = ?1 AND parent_id IS nullif(?2, 0) ORDER BY id LIMIT 1 OFFSET ?3",
            from.chatId, from.parentId, index);
        return query.executeStep() ? query.getColumn(0).getInt64() : messageId;
    });
}

int ChatStore::recoverInterrupted() {
    return guarded(
        [&] { return execute(m_database, "UPDATE messages SET state = 'stopped' WHERE state = 'writing'"); });
}

}  // namespace lares::storage

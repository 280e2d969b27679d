// The part of ChatStore about messages: the tree, its branches, what came with a message, and what stands for many.
#include "storage/stores/chat_rows.h"

#include <cassert>
#include <unordered_map>

namespace lares::storage {

namespace {

const char* nameOf(Role role) {
    return kRoleNames[static_cast<std::size_t>(role)];
}
const char* nameOf(MessageState state) {
    return kStateNames[static_cast<std::size_t>(state)];
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

/// Attachments and summaries of messages of one chat, in the order of their ids.
void addExtras(Database& database, std::vector<MessageRow>& rows) {
    if (rows.empty()) return;
    const auto rowOf = [&](std::int64_t id) {
        const auto found = std::lower_bound(rows.begin(), rows.end(), id,
                                            [](const MessageRow& row, std::int64_t wanted) { return row.id < wanted; });
        return found != rows.end() && found->id == id ? &*found : nullptr;
    };
    const std::int64_t chatId = rows.front().chatId, first = rows.front().id, last = rows.back().id;
    auto attachments = prepared(database,
                                "SELECT message_id, name, text FROM attachments "
                                "WHERE chat_id = ?1 AND message_id BETWEEN ?2 AND ?3 ORDER BY message_id, id",
                                chatId, first, last);
    while (attachments.executeStep()) {
        if (MessageRow* row = rowOf(attachments.getColumn(0))) {
            row->attachments.push_back({attachments.getColumn(1), attachments.getColumn(2)});
        }
    }
    auto summaries =
        prepared(database, "SELECT message_id, text FROM summaries WHERE chat_id = ?1 AND message_id BETWEEN ?2 AND ?3",
                 chatId, first, last);
    while (summaries.executeStep()) {
        if (MessageRow* row = rowOf(summaries.getColumn(0))) row->summary = summaries.getColumn(1).getString();
    }
}

std::int64_t insertMessage(Database& database, std::int64_t chatId, std::int64_t parentId, Role role,
                           const std::string& text, MessageState state, std::int64_t atMs, const std::string& details,
                           const std::vector<Attachment>& attachments) {
    execute(database,
            "INSERT INTO messages (chat_id, parent_id, role, text, state, created_at_ms, details) "
            "VALUES (?1, nullif(?2, 0), ?3, ?4, ?5, ?6, ?7)",
            chatId, parentId, nameOf(role), text, nameOf(state), atMs, details);
    const std::int64_t id = database.connection().getLastInsertRowid();
    for (const Attachment& attachment : attachments) {
        execute(database, "INSERT INTO attachments (chat_id, message_id, name, text) VALUES (?1, ?2, ?3, ?4)", chatId,
                id, attachment.name, attachment.text);
    }
    return id;
}

}  // namespace

std::int64_t ChatStore::addMessage(std::int64_t chatId, std::int64_t parentId, Role role, const std::string& text,
                                   MessageState state, std::int64_t nowMs, const std::vector<Attachment>& attachments) {
    return m_database.inTransaction([&] {
        if (parentId != 0 && message(parentId).chatId != chatId) noSuch("message");
        chat(chatId);  // throws notFound
        const std::int64_t id =
            insertMessage(m_database, chatId, parentId, role, text, state, nowMs, "{}", attachments);
        execute(m_database, "UPDATE chats SET leaf_id = ?2, updated_at_ms = ?3 WHERE id = ?1", chatId, id, nowMs);
        return id;
    });
}

std::int64_t ChatStore::addTree(const ChatTree& tree) {
    return m_database.inTransaction([&] {
        const std::int64_t chatId = createChat(tree.title, tree.createdAtMs);
        std::vector<std::int64_t> ids;
        for (const ChatTree::Message& message : tree.messages) {
            assert(message.parent < static_cast<int>(ids.size()));
            ids.push_back(insertMessage(m_database, chatId, message.parent < 0 ? 0 : ids[message.parent], message.role,
                                        message.text, MessageState::complete, message.createdAtMs, message.details,
                                        message.attachments));
        }
        assert(tree.leaf < static_cast<int>(ids.size()));
        const std::int64_t leaf = ids.empty() ? 0 : tree.leaf < 0 ? ids.back() : ids[tree.leaf];
        execute(m_database,
                "UPDATE chats SET leaf_id = nullif(?2, 0), updated_at_ms = ?3, options = ?4, title_by = 'person' "
                "WHERE id = ?1",
                chatId, leaf, tree.updatedAtMs, tree.options);
        return chatId;
    });
}

ChatTree ChatStore::tree(std::int64_t chatId) {
    return guarded([&] {
        const ChatRow row = chat(chatId);
        ChatTree tree{.title = row.title,
                      .createdAtMs = row.createdAtMs,
                      .updatedAtMs = row.updatedAtMs,
                      .options = options(chatId),
                      .messages = {}};
        std::vector<MessageRow> rows;
        auto query = prepared(
            m_database, std::string(kMessageColumns) + "FROM messages m WHERE m.chat_id = ?1 ORDER BY m.id", chatId);
        while (query.executeStep()) rows.push_back(messageFrom(query));
        addExtras(m_database, rows);
        std::unordered_map<std::int64_t, int> places{{0, -1}};
        for (MessageRow& message : rows) {
            places[message.id] = static_cast<int>(tree.messages.size());
            tree.messages.push_back({.parent = places.at(message.parentId),
                                     .role = message.role,
                                     .text = std::move(message.text),
                                     .createdAtMs = message.createdAtMs,
                                     .details = std::move(message.details),
                                     .attachments = std::move(message.attachments)});
        }
        tree.leaf = places.at(row.leafId);
        return tree;
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
        auto query = prepared(m_database, std::string(kMessageColumns) + "FROM messages m WHERE m.id = ?1", messageId);
        if (!query.executeStep()) noSuch("message");
        std::vector<MessageRow> rows{messageFrom(query)};
        addExtras(m_database, rows);
        return rows.front();
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
            std::string("WITH RECURSIVE path (id, parent_id) AS ("
                        "SELECT id, parent_id FROM messages WHERE id = ?1 "
                        "UNION ALL SELECT p.id, p.parent_id FROM messages p JOIN path ON p.id = path.parent_id) ") +
                kMessageColumns + "FROM path CROSS JOIN messages m ON m.id = path.id ORDER BY m.id",
            messageId);
        while (query.executeStep()) rows.push_back(messageFrom(query));
        if (rows.empty()) noSuch("message");
        addExtras(m_database, rows);
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

void ChatStore::putSummary(std::int64_t messageId, const std::string& text, std::int64_t nowMs) {
    m_database.inTransaction([&] {
        execute(m_database,
                "INSERT INTO summaries (message_id, chat_id, text, created_at_ms) VALUES (?1, ?2, ?3, ?4) "
                "ON CONFLICT (message_id) DO UPDATE SET text = ?3, created_at_ms = ?4",
                messageId, message(messageId).chatId, text, nowMs);
    });
}

void ChatStore::removeSummary(std::int64_t messageId) {
    guarded([&] { execute(m_database, "DELETE FROM summaries WHERE message_id = ?1", messageId); });
}

int ChatStore::recoverInterrupted() {
    return guarded(
        [&] { return execute(m_database, "UPDATE messages SET state = 'stopped' WHERE state = 'writing'"); });
}

}  // namespace lares::storage

// Search over titles and messages: the part of ChatStore that speaks FTS5.
#include "storage/stores/chat_store.h"

#include <SQLiteCpp/Statement.h>
#include <algorithm>
#include <cctype>
#include <unordered_set>

namespace lares::storage {

namespace {

/// Every word in quotes (quotes inside doubled), the last one as a beginning: `naïve st` -> `"naïve" "st"*`. Words
/// without a letter or digit hold no token and would match nothing, so they are left out. Empty: nothing to search for.
std::string matchExpression(const std::string& text) {
    std::string expression;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = text.find_first_not_of(" \t\r\n", at);
        if (begin == std::string::npos) break;
        const std::size_t end = std::min(text.find_first_of(" \t\r\n", begin), text.size());
        at = end;
        const auto isWordByte = [](char c) {
            return (c & 0x80) != 0 || std::isalnum(static_cast<unsigned char>(c)) != 0;
        };
        if (std::none_of(text.begin() + begin, text.begin() + end, isWordByte)) continue;
        expression += expression.empty() ? "\"" : " \"";
        for (std::size_t i = begin; i < end; ++i) {
            if (text[i] == '\0') continue;  // would end the SQL text
            if (text[i] == '"') expression += '"';
            expression += text[i];
        }
        expression += '"';
    }
    if (!expression.empty()) expression += '*';
    return expression;
}

/// Titles: one row per chat by nature.
constexpr const char* kTitleQuery =
    "SELECT c.id, 0, c.title, c.updated_at_ms, snippet(chats_fts, 0, char(2), char(3), '…', 24) "
    "FROM chats_fts f JOIN chats c ON c.id = f.rowid "
    "WHERE chats_fts MATCH ?1 AND c.deleted_at_ms IS NULL ORDER BY f.rank, c.updated_at_ms DESC LIMIT ?2";

/// Messages: the best of each chat is found first, because snippet() does not work in a grouped query. With min(),
/// SQLite takes the bare columns from the row that has the minimum.
constexpr const char* kMessageQuery =
    "WITH best (message_id, chat_id, rank) AS MATERIALIZED ("
    "SELECT m.id, m.chat_id, min(f.rank) FROM messages_fts f JOIN messages m ON m.id = f.rowid JOIN chats c ON c.id = "
    "m.chat_id "
    "WHERE messages_fts MATCH ?1 AND c.deleted_at_ms IS NULL GROUP BY m.chat_id ORDER BY 3 LIMIT ?2) "
    "SELECT c.id, best.message_id, c.title, c.updated_at_ms, snippet(messages_fts, 0, char(2), char(3), '…', 24) "
    "FROM best CROSS JOIN messages_fts f ON f.rowid = best.message_id JOIN chats c ON c.id = best.chat_id "
    "WHERE messages_fts MATCH ?1 ORDER BY best.rank, c.updated_at_ms DESC";

}  // namespace

std::vector<SearchHit> ChatStore::search(const std::string& text, int limit) {
    return guarded([&] {
        std::vector<SearchHit> hits;
        const std::string expression = matchExpression(text);
        if (expression.empty()) return hits;
        std::unordered_set<std::int64_t> seen;
        for (const char* sql : {kTitleQuery, kMessageQuery}) {
            SQLite::Statement query(m_database.connection(), sql);
            query.bind(1, expression);
            query.bind(2, limit);
            while (query.executeStep() && static_cast<int>(hits.size()) < limit) {
                if (!seen.insert(query.getColumn(0).getInt64()).second) continue;
                hits.push_back({.chatId = query.getColumn(0),
                                .messageId = query.getColumn(1),
                                .title = query.getColumn(2),
                                .updatedAtMs = query.getColumn(3),
                                .snippet = query.getColumn(4)});
            }
        }
        return hits;
    });
}

}  // namespace lares::storage

// Search over titles and messages: the part of ChatStore that speaks FTS5.
#include "storage/stores/chat_store.h"
#include "storage/stores/statements.h"

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

/// Where words are found, asked twice: first for matches alone, newest first, read only until there are enough; then
/// for what is shown of those. Ranking (bm25) would have to look at every match: seconds for a common word in 200,000
/// messages. `+` keeps FTS5 from looking each hit up anew, for which it would gather the matches again every time.
struct Source {
    const char* matches;  ///< row id in the index, chat; ends where filters may follow
    const char* order;
    const char* since;  ///< filters, each beginning with AND
    const char* before;
    const char* folder;
    const char* hits;  ///< of the row ids in the JSON array ?2
};

constexpr Source kTitles = {
    "SELECT c.id, c.id FROM chats_fts f CROSS JOIN chats c ON c.id = f.rowid "
    "WHERE chats_fts MATCH :words AND c.deleted_at_ms IS NULL",
    " ORDER BY c.updated_at_ms DESC, c.id DESC",
    " AND c.updated_at_ms >= :since",
    " AND c.updated_at_ms < :before",
    " AND c.folder_id = :folder",
    "SELECT c.id, 0, c.title, c.updated_at_ms, snippet(chats_fts, 0, char(2), char(3), '…', 24) "
    "FROM chats_fts f CROSS JOIN chats c ON c.id = f.rowid "
    "WHERE chats_fts MATCH ?1 AND +f.rowid IN (SELECT value FROM json_each(?2)) "
    "ORDER BY c.updated_at_ms DESC, c.id DESC"};

constexpr Source kMessages = {
    "SELECT m.id, m.chat_id FROM messages_fts f CROSS JOIN messages m ON m.id = f.rowid "
    "CROSS JOIN chats c ON c.id = m.chat_id "
    "WHERE messages_fts MATCH :words AND c.deleted_at_ms IS NULL",
    " ORDER BY f.rowid DESC",
    // Filters that leave little would look at every match in vain: the index of times bounds the row ids, and whether a
    // match is in a folder is told from a set of ids without reading the message.
    " AND m.created_at_ms >= :since AND f.rowid >= (SELECT min(id) FROM messages WHERE created_at_ms >= :since)",
    " AND m.created_at_ms < :before AND f.rowid <= (SELECT max(id) FROM messages WHERE created_at_ms < :before)",
    " AND +f.rowid IN (SELECT id FROM messages WHERE chat_id IN (SELECT id FROM chats WHERE folder_id = :folder))",
    "SELECT c.id, m.id, c.title, c.updated_at_ms, snippet(messages_fts, 0, char(2), char(3), '…', 24) "
    "FROM messages_fts f CROSS JOIN messages m ON m.id = f.rowid CROSS JOIN chats c ON c.id = m.chat_id "
    "WHERE messages_fts MATCH ?1 AND +f.rowid IN (SELECT value FROM json_each(?2)) ORDER BY f.rowid DESC"};

SQLite::Statement matchesOf(Database& database, const Source& source, const std::string& expression,
                            const SearchQuery& query) {
    std::string sql = source.matches;
    if (query.role) sql += " AND m.role = :role";
    if (query.sinceMs > 0) sql += source.since;
    if (query.beforeMs > 0) sql += source.before;
    if (query.folderId > 0) sql += source.folder;
    if (query.folderId == 0) sql += " AND c.folder_id IS NULL";
    SQLite::Statement matches(database.connection(), sql + source.order);
    matches.bind(":words", expression);
    if (query.role) matches.bind(":role", kRoleNames[static_cast<std::size_t>(*query.role)]);
    if (query.sinceMs > 0) matches.bind(":since", query.sinceMs);
    if (query.beforeMs > 0) matches.bind(":before", query.beforeMs);
    if (query.folderId > 0) matches.bind(":folder", query.folderId);
    return matches;
}

}  // namespace

std::vector<SearchHit> ChatStore::search(const SearchQuery& query) {
    return guarded([&] {
        std::vector<SearchHit> hits;
        const std::string expression = matchExpression(query.text);
        if (expression.empty() || query.limit <= 0) return hits;
        std::unordered_set<std::int64_t> chats;
        for (const Source* source : {&kTitles, &kMessages}) {
            if (source == &kTitles && query.role) continue;
            std::string found;
            SQLite::Statement matches = matchesOf(m_database, *source, expression, query);
            while (chats.size() < static_cast<std::size_t>(query.limit) && matches.executeStep()) {
                if (!chats.insert(matches.getColumn(1).getInt64()).second) continue;
                found += (found.empty() ? "[" : ",") + std::to_string(matches.getColumn(0).getInt64());
            }
            if (found.empty()) continue;
            SQLite::Statement rows(m_database.connection(), source->hits);
            rows.bind(1, expression);
            rows.bind(2, found + "]");
            while (hits.size() < chats.size() && rows.executeStep()) {
                hits.push_back({.chatId = rows.getColumn(0),
                                .messageId = rows.getColumn(1),
                                .title = rows.getColumn(2),
                                .updatedAtMs = rows.getColumn(3),
                                .snippet = rows.getColumn(4)});
            }
        }
        return hits;
    });
}

}  // namespace lares::storage

#include "storage/stores/library_store.h"

#include "storage/stores/statements.h"

namespace lares::storage {

std::vector<FolderRow> LibraryStore::folders() {
    return guarded([&] {
        std::vector<FolderRow> rows;
        auto query = prepared(m_database, "SELECT id, name FROM folders ORDER BY name COLLATE NOCASE, id");
        while (query.executeStep()) rows.push_back({query.getColumn(0), query.getColumn(1)});
        return rows;
    });
}

std::int64_t LibraryStore::addFolder(const std::string& name, std::int64_t nowMs) {
    return guarded([&]() -> std::int64_t {
        execute(m_database, "INSERT INTO folders (name, created_at_ms) VALUES (?1, ?2)", name, nowMs);
        return m_database.connection().getLastInsertRowid();
    });
}

void LibraryStore::renameFolder(std::int64_t folderId, const std::string& name) {
    guarded([&] {
        if (execute(m_database, "UPDATE folders SET name = ?2 WHERE id = ?1", folderId, name) == 0) noSuch("folder");
    });
}

void LibraryStore::removeFolder(std::int64_t folderId) {
    m_database.inTransaction([&] {
        execute(m_database, "UPDATE chats SET folder_id = NULL WHERE folder_id = ?1", folderId);
        execute(m_database, "DELETE FROM folders WHERE id = ?1", folderId);
    });
}

std::vector<NamedText> LibraryStore::all(const char* sql) {
    return guarded([&] {
        std::vector<NamedText> rows;
        auto query = prepared(m_database, sql);
        while (query.executeStep()) rows.push_back({query.getColumn(0), query.getColumn(1), query.getColumn(2)});
        return rows;
    });
}

std::int64_t LibraryStore::put(const char* insert, const char* update, const NamedText& row) {
    return guarded([&]() -> std::int64_t {
        if (row.id != 0) {
            if (execute(m_database, update, row.name, row.text, row.id) == 0) noSuch("entry");
            return row.id;
        }
        execute(m_database, insert, row.name, row.text);
        return m_database.connection().getLastInsertRowid();
    });
}

std::vector<NamedText> LibraryStore::assistants() {
    return all("SELECT id, name, options FROM assistants ORDER BY name COLLATE NOCASE, id");
}

std::int64_t LibraryStore::putAssistant(const NamedText& assistant) {
    return put("INSERT INTO assistants (name, options) VALUES (?1, ?2)",
               "UPDATE assistants SET name = ?1, options = ?2 WHERE id = ?3", assistant);
}

void LibraryStore::removeAssistant(std::int64_t id) {
    guarded([&] { execute(m_database, "DELETE FROM assistants WHERE id = ?1", id); });
}

std::vector<NamedText> LibraryStore::prompts() {
    return all("SELECT id, name, text FROM prompts ORDER BY name COLLATE NOCASE, id");
}

std::int64_t LibraryStore::putPrompt(const NamedText& prompt) {
    return put("INSERT INTO prompts (name, text) VALUES (?1, ?2)",
               "UPDATE prompts SET name = ?1, text = ?2 WHERE id = ?3", prompt);
}

void LibraryStore::removePrompt(std::int64_t id) {
    guarded([&] { execute(m_database, "DELETE FROM prompts WHERE id = ?1", id); });
}

std::vector<std::pair<std::int64_t, std::string>> LibraryStore::drafts() {
    return guarded([&] {
        std::vector<std::pair<std::int64_t, std::string>> rows;
        auto query = prepared(m_database, "SELECT chat_id, text FROM drafts");
        while (query.executeStep()) rows.emplace_back(query.getColumn(0), query.getColumn(1));
        return rows;
    });
}

void LibraryStore::setDraft(std::int64_t chatId, const std::string& text) {
    guarded([&] {
        if (text.empty()) {
            execute(m_database, "DELETE FROM drafts WHERE chat_id = ?1", chatId);
        } else {
            execute(m_database,
                    "INSERT INTO drafts (chat_id, text) VALUES (?1, ?2) ON CONFLICT (chat_id) DO UPDATE SET text = ?2",
                    chatId, text);
        }
    });
}

std::optional<std::string> LibraryStore::modelHash(const std::string& path, std::int64_t sizeBytes,
                                                   std::int64_t modifiedAtMs) {
    return guarded([&]() -> std::optional<std::string> {
        auto query = prepared(
            m_database, "SELECT sha256 FROM model_hashes WHERE path = ?1 AND size_bytes = ?2 AND modified_at_ms = ?3",
            path, sizeBytes, modifiedAtMs);
        if (!query.executeStep()) return {};
        return query.getColumn(0).getString();
    });
}

void LibraryStore::putModelHash(const ModelHash& hash) {
    guarded([&] {
        execute(m_database, "INSERT OR REPLACE INTO model_hashes VALUES (?1, ?2, ?3, ?4)", hash.path, hash.sizeBytes,
                hash.modifiedAtMs, hash.sha256);
    });
}

}  // namespace lares::storage

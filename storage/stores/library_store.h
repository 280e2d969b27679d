// What stands around the chats: folders, assistants (options under a name), saved prompts, drafts, and the hashes of
// model files. Plain rows; what options mean is the services' business.
#pragma once

#include "storage/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lares::storage {

struct FolderRow {
    std::int64_t id = 0;
    std::string name;
};

/// An assistant (text: its options as JSON) or a saved prompt.
struct NamedText {
    std::int64_t id = 0;  ///< 0: not stored yet
    std::string name;
    std::string text;
};

/// Of a model file as it was when it was hashed.
struct ModelHash {
    std::string path;
    std::int64_t sizeBytes = 0;
    std::int64_t modifiedAtMs = 0;
    std::string sha256;  ///< hexadecimal
};

class LibraryStore {
 public:
    explicit LibraryStore(Database& database) : m_database(database) {}

    std::vector<FolderRow> folders();  ///< by name
    std::int64_t addFolder(const std::string& name, std::int64_t nowMs);
    void renameFolder(std::int64_t folderId, const std::string& name);  ///< throws notFound
    void removeFolder(std::int64_t folderId);                           ///< its chats stay, outside of it

    std::vector<NamedText> assistants();                    ///< by name
    std::int64_t putAssistant(const NamedText& assistant);  ///< adds or changes; returns its id. Throws notFound
    void removeAssistant(std::int64_t id);

    std::vector<NamedText> prompts();  ///< by name
    std::int64_t putPrompt(const NamedText& prompt);
    void removePrompt(std::int64_t id);

    std::vector<std::pair<std::int64_t, std::string>> drafts();   ///< chat, text
    void setDraft(std::int64_t chatId, const std::string& text);  ///< empty: none any more

    /// The hash, if it is of the file with this size and time.
    std::optional<std::string> modelHash(const std::string& path, std::int64_t sizeBytes, std::int64_t modifiedAtMs);
    void putModelHash(const ModelHash& hash);

 private:
    std::vector<NamedText> all(const char* sql);
    std::int64_t put(const char* insert, const char* update, const NamedText& row);

    Database& m_database;
};

}  // namespace lares::storage

#include "storage/import/ollama_reader.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <cstdlib>

namespace lares::storage {

namespace fs = std::filesystem;

namespace {

/// A copy of a database and its WAL in a folder of its own, for its owner's eyes; gone at the end.
class Copy {
 public:
    explicit Copy(const fs::path& original) {
        std::string name = (fs::temp_directory_path() / "lares-import-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) throw fs::filesystem_error("no temporary folder", std::error_code());
        m_folder = name;
        fs::copy_file(original, path());
        const fs::path wal = original.string() + "-wal";
        if (fs::exists(wal)) fs::copy_file(wal, path().string() + "-wal");
    }
    ~Copy() {
        std::error_code ignored;
        fs::remove_all(m_folder, ignored);
    }
    Copy(const Copy&) = delete;
    Copy& operator=(const Copy&) = delete;

    fs::path path() const { return m_folder / "db.sqlite"; }

 private:
    fs::path m_folder;
};

bool hasColumn(SQLite::Database& database, const std::string& table, const std::string& column) {
    SQLite::Statement query(database, "SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2");
    query.bind(1, table);
    query.bind(2, column);
    return query.executeStep();
}

/// The column, or an empty text where this version of the file has none.
std::string columnOr(SQLite::Database& database, const std::string& column) {
    return hasColumn(database, "messages", column) ? "coalesce(" + column + ", '')" : "''";
}

std::string jsonText(const std::string& text) {
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        if (static_cast<unsigned char>(c) >= 0x20) quoted += c;
    }
    return quoted + '"';
}

void addMessages(SQLite::Database& database, const std::string& chatId, ChatTree& tree) {
    SQLite::Statement rows(database, "SELECT role, coalesce(content, ''), " + columnOr(database, "thinking") + ", " +
                                         columnOr(database, "model_name") +
                                         ", coalesce(strftime('%s', created_at), 0) * 1000 "
                                         "FROM messages WHERE chat_id = ?1 ORDER BY rowid");
    rows.bind(1, chatId);
    while (rows.executeStep()) {
        const std::string role = rows.getColumn(0), content = rows.getColumn(1), thinking = rows.getColumn(2);
        if ((role != "user" && role != "assistant") || (content.empty() && thinking.empty())) continue;
        ChatTree::Message message{.parent = static_cast<int>(tree.messages.size()) - 1,
                                  .role = role == "user" ? Role::user : Role::assistant,
                                  .text = content,
                                  .createdAtMs = rows.getColumn(4)};
        if (!thinking.empty()) message.text = "<think>" + thinking + "</think>\n\n" + content;
        if (message.role == Role::assistant) {
            message.details = "{\"importedFrom\":\"Ollama\",\"model\":" + jsonText(rows.getColumn(3).getString()) + "}";
        }
        tree.messages.push_back(std::move(message));
    }
}

}  // namespace

std::vector<ChatTree> readOllamaChats(const fs::path& path) {
    return guarded([&] {
        const Copy copy(path);
        SQLite::Database database(copy.path().string(), SQLite::OPEN_READWRITE);  // a WAL is taken in
        if (!hasColumn(database, "messages", "chat_id") || !hasColumn(database, "chats", "title")) {
            throw Error(ErrorKind::corrupt,
                        "This database holds no chats of Ollama, the one program whose database Lares imports. Nothing "
                        "was changed.");
        }
        std::vector<ChatTree> chats;
        SQLite::Statement rows(
            database,
            "SELECT id, coalesce(title, ''), coalesce(strftime('%s', created_at), 0) * 1000 FROM chats ORDER BY rowid");
        while (rows.executeStep()) {
            ChatTree tree{.title = rows.getColumn(1), .createdAtMs = rows.getColumn(2), .messages = {}};
            addMessages(database, rows.getColumn(0).getString(), tree);
            chats.push_back(std::move(tree));
        }
        return chats;
    });
}

}  // namespace lares::storage

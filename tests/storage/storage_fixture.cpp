// The tests' view of a database, in SQL of its own: what a store says about itself would prove little.
#include "tests/storage/storage_fixture.h"

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace lares::storage_test {

namespace fs = std::filesystem;

StoreFolder::StoreFolder() {
    std::string name = (fs::temp_directory_path() / "lares-store-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    m_folder = name;
}

StoreFolder::~StoreFolder() {
    std::error_code ignored;
    fs::permissions(m_folder, fs::perms::owner_all, ignored);
    fs::remove_all(m_folder, ignored);
}

std::string bytesOf(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + file.string());
    return {std::istreambuf_iterator<char>(in), {}};
}

void writeBytes(const fs::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary) << bytes;
}

std::map<std::string, std::string> contentOf(const fs::path& folder) {
    std::map<std::string, std::string> content;
    for (const auto& entry : fs::directory_iterator(folder)) {
        content[entry.path().filename().string()] = entry.is_regular_file() ? bytesOf(entry.path()) : std::string();
    }
    return content;
}

std::vector<std::string> filesWith(const fs::path& folder, const std::string& word) {
    std::vector<std::string> names;
    for (const auto& [name, bytes] : contentOf(folder)) {
        if (bytes.find(word) != std::string::npos) names.push_back(name);
    }
    return names;
}

std::string dump(storage::Database& database) {
    std::string all;
    SQLite::Statement tables(database.connection(),
                             "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB '*_fts*' "
                             "AND name NOT GLOB 'sqlite_*' ORDER BY name");
    while (tables.executeStep()) {
        const std::string table = tables.getColumn(0);
        all += "== " + table + "\n";
        SQLite::Statement rows(database.connection(), "SELECT * FROM " + table + " ORDER BY 1");
        while (rows.executeStep()) {
            for (int i = 0; i < rows.getColumnCount(); ++i) {
                all += rows.getColumn(i).isNull() ? "NULL" : "'" + rows.getColumn(i).getString() + "'";
                all += ' ';
            }
            all += '\n';
        }
    }
    return all;
}

std::string verdict(storage::Database& database) {
    SQLite::Database& connection = database.connection();
    const std::string pages = connection.execAndGet("PRAGMA integrity_check").getString();
    if (pages != "ok") return pages;
    SQLite::Statement references(connection, "PRAGMA foreign_key_check");
    if (references.executeStep()) return "broken reference in " + references.getColumn(0).getString();
    // FTS5 can compare an index with all rows of its table only, and running answers are left out of this one.
    if (connection.execAndGet("SELECT count(*) FROM messages WHERE state = 'writing'").getInt() > 0) return "ok";
    for (const std::string table : {"chats_fts", "messages_fts"}) {
        try {
            connection.exec("INSERT INTO " + table + "(" + table + ", rank) VALUES ('integrity-check', 1)");
        } catch (const SQLite::Exception& e) {
            return table + ": " + e.what();
        }
    }
    return "ok";
}

std::vector<storage::Migration> stepsWithExtra(int count) {
    const auto shipped = storage::migrations();
    std::vector<storage::Migration> steps(shipped.begin(), shipped.end());
    static std::deque<std::string> texts;  // never moves what it holds
    for (int i = 0; i < count; ++i) {
        if (static_cast<int>(texts.size()) <= 2 * i) {
            const std::string table = "extra_" + std::to_string(i);
            std::string sql = "CREATE TABLE " + table +
                              " (a INTEGER PRIMARY KEY, b TEXT NOT NULL) STRICT; "
                              "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) "
                              "INSERT INTO " +
                              table + " SELECT i, hex(i) || '-" + std::to_string(i) + "' FROM n;";
            if (i > 0) sql += "DROP TABLE extra_" + std::to_string(i - 1) + ";";
            texts.push_back("extra_" + std::to_string(i));
            texts.push_back(std::move(sql));
        }
        steps.push_back({static_cast<int>(shipped.size()) + i + 1, texts[2 * i], texts[2 * i + 1]});
    }
    return steps;
}

std::vector<storage::Migration> stepsWith(std::string_view sql) {
    const auto shipped = storage::migrations();
    std::vector<storage::Migration> steps(shipped.begin(), shipped.end());
    steps.push_back({static_cast<int>(shipped.size()) + 1, "one_more", sql});
    return steps;
}

std::span<const storage::Migration> shippedSteps(int count) {
    return storage::migrations().first(count);
}

std::string childText(std::size_t bytes) {
    std::string text;
    for (long word = 0; text.size() < bytes; ++word) text += "word" + std::to_string(word * 7919 % 10007) + " ";
    text.resize(bytes);
    return text;
}

}  // namespace lares::storage_test

// One SQLite connection, opened, checked and brought up to date. Text is UTF-8. Not for use by two threads at once.
//
// WAL so that readers go on while one writes; foreign keys on; secure_delete on; synchronous=FULL, because a message
// that was accepted must survive a power cut and one fsync a second is nothing. Everything is SQLite 3.40 (Debian 12):
// STRICT tables and FTS5 are there, FTS5's own secure-delete is not (see ChatStore::purgeDeleted).
#pragma once

#include "storage/error.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Transaction.h>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

namespace lares::storage {

/// One step of the schema: storage/migrations/NNNN_name.sql, never edited once shipped.
struct Migration {
    int number;             ///< 1, 2, 3...: the user_version after it
    std::string_view name;  ///< "0001_chats"
    std::string_view sql;
};

/// The steps this program knows, embedded at build time.
std::span<const Migration> migrations();

class Database {
 public:
    /// Opens or makes the file, for its owner's eyes only. All pending steps are one transaction; before them a checked
    /// copy of what there was goes to `<path>.before-NNNN`. Throws Error; a newer or foreign file is refused without a
    /// byte changed.
    static Database open(const std::filesystem::path& path, std::span<const Migration> steps = migrations());
    static Database inMemory(std::span<const Migration> steps = migrations());

    int version() const;
    SQLite::Database& connection() { return *m_connection; }
    const SQLite::Database& connection() const { return *m_connection; }

    /// Runs `work` as one transaction: all of it is kept, or, when it throws, none. Inside another one it is a part of
    /// that, which then must end by the same exception.
    template <typename Work>
    decltype(auto) inTransaction(Work&& work);

    /// Writes what changes nothing, to find out whether the disk takes anything. Throws Error like any change.
    void tryWriting();

    /// What was deleted stands in two more places: empties the WAL and removes the backups made before `beforeMs`
    /// (since 1970). Not inside a transaction. Another process that reads may keep the WAL; it goes with the next call
    /// or when the last one closes.
    void dropOldCopies(std::int64_t beforeMs);

 private:
    Database(const std::filesystem::path& path, std::unique_ptr<SQLite::Database> connection)
        : m_path(path), m_connection(std::move(connection)) {}
    bool isInTransaction() const;
    void migrate(std::span<const Migration> steps);

    std::filesystem::path m_path;  ///< empty: in memory
    std::unique_ptr<SQLite::Database> m_connection;
};

/// Runs `work` and turns SQLite's exceptions into Error; every store function goes through it.
template <typename Work>
decltype(auto) guarded(Work&& work);

/// The exception of SQLite or std::filesystem being handled as an Error; any other as it is.
[[noreturn]] void rethrowAsError();

template <typename Work>
decltype(auto) guarded(Work&& work) {
    try {
        return work();
    } catch (const Error&) {
        throw;
    } catch (...) {
        rethrowAsError();
    }
}

template <typename Work>
decltype(auto) Database::inTransaction(Work&& work) {
    return guarded([&] {
        std::optional<SQLite::Transaction> own;
        if (!isInTransaction()) own.emplace(*m_connection, SQLite::TransactionBehavior::IMMEDIATE);
        if constexpr (std::is_void_v<std::invoke_result_t<Work&>>) {
            work();
            if (own) own->commit();
        } else {
            auto result = work();
            if (own) own->commit();
            return result;
        }
    });
}

}  // namespace lares::storage

// Opening and migrating. The position in the list of steps is PRAGMA user_version, which rolls back with its
// transaction; application_id tells our files from other people's.
#include "storage/database.h"

#include <sqlite3.h>
#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <cassert>
#include <cstdio>
#include <string>

namespace lares::storage {

namespace fs = std::filesystem;

namespace {

constexpr int kApplicationId = 0x4c617265;  // "Lare"
constexpr int kBusyTimeoutMs = 5000;

int pragmaValue(const SQLite::Database& connection, const char* pragma) {
    SQLite::Statement query(connection, std::string("PRAGMA ") + pragma);
    return query.executeStep() ? query.getColumn(0).getInt() : 0;
}

/// Looks at an existing file through a connection that cannot write, before anything may touch it.
void refuseForeignOrNewer(const fs::path& path, int newestKnown) {
    SQLite::Database peek(path.string(), SQLite::OPEN_READONLY, kBusyTimeoutMs);
    const int applicationId = pragmaValue(peek, "application_id");
    const bool empty = peek.execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 0;
    if (applicationId != kApplicationId && !empty) {
        throw Error(ErrorKind::corrupt,
                    "This file is a database, but none that Lares made. It was left as it is: " + path.string());
    }
    const int version = pragmaValue(peek, "user_version");
    if (version > newestKnown) {
        throw Error(
            ErrorKind::newer,
            "Your chats were saved by a newer version of Lares. They were left as they are; start that version, or "
            "choose another folder with --profile.",
            "store version " + std::to_string(version) + ", known up to " + std::to_string(newestKnown));
    }
}

/// A whole copy under its final name, or none: it is written beside and renamed.
void backUp(SQLite::Database& connection, const fs::path& target) {
    fs::path partial = target;
    partial += ".partial";
    fs::remove(partial);
    {
        SQLite::Database copy(partial.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        SQLite::Backup backup(copy, connection);
        backup.executeStep();
    }
    fs::rename(partial, target);
}

/// One step and its number in one transaction. The version is read again inside: another process may have been faster.
void apply(SQLite::Database& connection, const Migration& step) {
    SQLite::Transaction transaction(connection, SQLite::TransactionBehavior::IMMEDIATE);
    if (pragmaValue(connection, "user_version") >= step.number) return;
    connection.exec(std::string(step.sql));
    SQLite::Statement violations(connection, "PRAGMA foreign_key_check");
    if (violations.executeStep()) {
        throw Error(ErrorKind::internal, "The chats could not be brought up to date; they were left as they were.",
                    std::string(step.name) + " leaves broken references in " + violations.getColumn(0).getString());
    }
    violations.reset();
    connection.exec("PRAGMA user_version=" + std::to_string(step.number));
    transaction.commit();
}

void configure(SQLite::Database& connection) {
    connection.setBusyTimeout(kBusyTimeoutMs);
    connection.exec("PRAGMA journal_mode=WAL");
    connection.exec("PRAGMA synchronous=FULL");
    connection.exec("PRAGMA secure_delete=ON");
    // Not PRAGMA trusted_schema=OFF: SQLite 3.40 then refuses FTS5 inside triggers.
    sqlite3_db_config(connection.getHandle(), SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(connection.getHandle(), SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
}

}  // namespace

Database Database::open(const fs::path& path, std::span<const Migration> steps) {
    return guarded([&] {
        std::error_code ignored;
        if (fs::exists(path, ignored) && fs::file_size(path, ignored) > 0) {
            refuseForeignOrNewer(path, static_cast<int>(steps.size()));
        }
        Database database(
            std::make_unique<SQLite::Database>(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE));
        configure(database.connection());
        database.migrate(steps, path);
        return database;
    });
}

Database Database::inMemory(std::span<const Migration> steps) {
    return guarded([&] {
        Database database(std::make_unique<SQLite::Database>(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE));
        configure(database.connection());
        database.migrate(steps, {});
        return database;
    });
}

int Database::version() const {
    return pragmaValue(*m_connection, "user_version");
}

void Database::migrate(std::span<const Migration> steps, const fs::path& path) {
    const int before = version();
    if (before < static_cast<int>(steps.size())) {
        if (before > 0 && !path.empty()) {
            char suffix[32];
            std::snprintf(suffix, sizeof suffix, ".before-%04d", before + 1);
            fs::path target = path;
            target += suffix;
            backUp(*m_connection, target);
        }
        // Ignored inside a transaction, so it is set around: a step may rebuild a table that others refer to.
        m_connection->exec("PRAGMA foreign_keys=OFF");
        m_connection->exec("PRAGMA application_id=" + std::to_string(kApplicationId));
        for (const Migration& step : steps) {
            assert(step.number == static_cast<int>(&step - steps.data()) + 1);
            if (step.number > before) apply(*m_connection, step);
        }
    }
    m_connection->exec("PRAGMA foreign_keys=ON");
}

void Database::purgeDeletedText() {
    guarded([&] {
        for (const char* table : {"chats_fts", "messages_fts"}) {
            m_connection->exec(std::string("INSERT INTO ") + table + "(" + table + ") VALUES ('optimize')");
        }
        m_connection->exec("PRAGMA wal_checkpoint(TRUNCATE)");
    });
}

}  // namespace lares::storage

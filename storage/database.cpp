// Opening and migrating. The position in the list of steps is PRAGMA user_version, which rolls back with its
// transaction; application_id tells our files from other people's.
#include "storage/database.h"

#include <sqlite3.h>
#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Statement.h>
#include <array>
#include <cassert>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>

namespace lares::storage {

namespace fs = std::filesystem;

namespace {

constexpr int kApplicationId = 0x4c617265;  // "Lare"
constexpr int kBusyTimeoutMs = 5000;
constexpr auto kRetryAfter = std::chrono::milliseconds(20);
constexpr const char* kBackupInfix = ".before-";

int pragmaValue(const SQLite::Database& connection, const char* pragma) {
    SQLite::Statement query(connection, std::string("PRAGMA ") + pragma);
    return query.executeStep() ? query.getColumn(0).getInt() : 0;
}

fs::path withSuffix(fs::path path, const std::string& suffix) {
    path += suffix;
    return path;
}

/// What a database says of itself.
struct Identity {
    int applicationId = 0;
    int version = 0;
    bool empty = false;  ///< no table yet
};

/// Read without SQLite, which even for reading would leave files beside a database in WAL mode.
/// Format: https://www.sqlite.org/fileformat2.html, 1.3 (header), 1.6 (the b-tree page that follows it).
Identity identityInHeader(const fs::path& path) {
    std::array<char, 105> header{};
    std::ifstream file(path, std::ios::binary);
    file.read(header.data(), header.size());
    if (file.bad() || !file.is_open()) throw SQLite::Exception("the header cannot be read", SQLITE_IOERR);
    if (!file || std::memcmp(header.data(), "SQLite format 3", 16) != 0) {
        throw SQLite::Exception("the header is not SQLite's", SQLITE_NOTADB);
    }
    const auto bigEndian = [&](std::size_t offset, int bytes) {
        unsigned value = 0;
        for (int i = 0; i < bytes; ++i) value = value << 8 | static_cast<unsigned char>(header[offset + i]);
        return static_cast<int>(value);
    };
    constexpr int kTableLeaf = 13;
    return {.applicationId = bigEndian(68, 4),
            .version = bigEndian(60, 4),
            .empty = bigEndian(100, 1) == kTableLeaf && bigEndian(103, 2) == 0};
}

/// Read through a connection that cannot write.
Identity identityInWal(const fs::path& path) {
    const SQLite::Database peek(path.string(), SQLite::OPEN_READONLY, kBusyTimeoutMs);
    SQLite::Statement tables(peek, "SELECT 1 FROM sqlite_schema LIMIT 1");
    return {.applicationId = pragmaValue(peek, "application_id"),
            .version = pragmaValue(peek, "user_version"),
            .empty = !tables.executeStep()};
}

void refuseNewer(int version, int newestKnown) {
    if (version <= newestKnown) return;
    throw Error(ErrorKind::newer,
                "Your chats were saved by a newer version of Lares. They were left as they are; start that version, or "
                "choose another folder with --profile.",
                "store version " + std::to_string(version) + ", known up to " + std::to_string(newestKnown));
}

/// Looks at an existing file before anything may touch it.
void refuseForeignOrNewer(const fs::path& path, int newestKnown) {
    const auto check = [&](const Identity& found) {
        const bool ours = found.applicationId == kApplicationId || (found.applicationId == 0 && found.empty);
        if (!ours) {
            throw Error(ErrorKind::corrupt,
                        "This file is a database, but none that Lares made. It was left as it is: " + path.string());
        }
        refuseNewer(found.version, newestKnown);
    };
    check(identityInHeader(path));
    std::error_code none;
    const auto walBytes = fs::file_size(withSuffix(path, "-wal"), none);
    if (!none && walBytes > 0) check(identityInWal(path));  // what was committed last may stand there alone
}

/// Made before SQLite opens it, which gives the files beside it the same mode: chats are for their owner's eyes.
void makePrivateFile(const fs::path& path) {
    std::ofstream(path, std::ios::app).close();
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
}

/// A whole and checked copy under its final name, or none: it is written beside and renamed.
void backUp(const fs::path& path, const fs::path& target) {
    const fs::path partial = withSuffix(target, ".partial");
    for (const char* leftover : {"", "-journal", "-wal", "-shm"}) fs::remove(withSuffix(partial, leftover));
    makePrivateFile(partial);
    {
        SQLite::Database source(path.string(), SQLite::OPEN_READONLY, kBusyTimeoutMs);
        SQLite::Database copy(partial.string(), SQLite::OPEN_READWRITE);
        SQLite::Backup(copy, source).executeStep();
        const std::string verdict = copy.execAndGet("PRAGMA integrity_check(1)").getString();
        if (verdict != "ok") throw SQLite::Exception(verdict, SQLITE_CORRUPT);
    }
    fs::rename(partial, target);
}

void refuseBrokenReferences(const SQLite::Database& connection) {
    SQLite::Statement violations(connection, "PRAGMA foreign_key_check");
    if (!violations.executeStep()) return;
    throw Error(ErrorKind::internal, "The chats could not be brought up to date; they were left as they were.",
                "broken references in " + violations.getColumn(0).getString());
}

/// Of two that turn the same new file to WAL, SQLite tells one at once that it is busy, without waiting.
void turnToWal(SQLite::Database& connection) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kBusyTimeoutMs);
    for (;;) {
        try {
            connection.exec("PRAGMA journal_mode=WAL");
            return;
        } catch (const SQLite::Exception& e) {
            if (e.getErrorCode() != SQLITE_BUSY || std::chrono::steady_clock::now() >= deadline) throw;
        }
        std::this_thread::sleep_for(kRetryAfter);
    }
}

void configure(SQLite::Database& connection) {
    connection.setBusyTimeout(kBusyTimeoutMs);
    turnToWal(connection);
    connection.exec("PRAGMA synchronous=FULL");
    connection.exec("PRAGMA secure_delete=ON");
    connection.exec("PRAGMA temp_store=MEMORY");  // no text in temporary files
    // Not PRAGMA trusted_schema=OFF: SQLite 3.40 then refuses FTS5 inside triggers.
    sqlite3_db_config(connection.getHandle(), SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(connection.getHandle(), SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
}

}  // namespace

Database Database::open(const fs::path& path, std::span<const Migration> steps) {
    return guarded([&] {
        if (!fs::exists(path)) {
            makePrivateFile(path);
        } else if (fs::is_directory(path) || fs::file_size(path) > 0) {
            refuseForeignOrNewer(path, static_cast<int>(steps.size()));
        }
        Database database(path, std::make_unique<SQLite::Database>(path.string(), SQLite::OPEN_READWRITE));
        // A write-protected file opens for reading alone; better now than at the first message.
        if (sqlite3_db_readonly(database.connection().getHandle(), "main") != 0) {
            throw SQLite::Exception("the file is write-protected", SQLITE_READONLY);
        }
        configure(database.connection());
        database.migrate(steps);
        return database;
    });
}

Database Database::inMemory(std::span<const Migration> steps) {
    return guarded([&] {
        Database database({}, std::make_unique<SQLite::Database>(":memory:", SQLite::OPEN_READWRITE));
        configure(database.connection());
        database.migrate(steps);
        return database;
    });
}

int Database::version() const {
    return pragmaValue(*m_connection, "user_version");
}

bool Database::isInTransaction() const {
    return sqlite3_get_autocommit(m_connection->getHandle()) == 0;
}

void Database::migrate(std::span<const Migration> steps) {
    const int newest = static_cast<int>(steps.size());
    if (version() != newest) {
        // Ignored inside a transaction, so it is set around: a step may rebuild a table that others refer to.
        m_connection->exec("PRAGMA foreign_keys=OFF");
        inTransaction([&] {
            const int before = version();  // read again under the lock: another process may have been faster
            refuseNewer(before, newest);
            if (before > 0 && before < newest && !m_path.empty()) {
                char number[16];
                std::snprintf(number, sizeof number, "%04d", before + 1);
                backUp(m_path, withSuffix(m_path, kBackupInfix + std::string(number)));
            }
            for (const Migration& step : steps.subspan(before)) {
                assert(step.number == static_cast<int>(&step - steps.data()) + 1);
                m_connection->exec(std::string(step.sql));
            }
            refuseBrokenReferences(*m_connection);
            m_connection->exec("PRAGMA application_id=" + std::to_string(kApplicationId));
            m_connection->exec("PRAGMA user_version=" + std::to_string(newest));
        });
    }
    m_connection->exec("PRAGMA foreign_keys=ON");
}

void Database::tryWriting() {
    inTransaction([&] { m_connection->exec("PRAGMA user_version=" + std::to_string(version())); });
}

void Database::dropOldCopies(std::int64_t beforeMs) {
    assert(!isInTransaction());
    guarded([&] {
        m_connection->exec("PRAGMA wal_checkpoint(TRUNCATE)");
        if (m_path.empty()) return;
        const std::string prefix = m_path.filename().string() + kBackupInfix;
        for (const fs::directory_entry& entry : fs::directory_iterator(fs::absolute(m_path).parent_path())) {
            if (entry.path().filename().string().rfind(prefix, 0) != 0) continue;
            const auto madeAt = std::chrono::file_clock::to_sys(entry.last_write_time()).time_since_epoch();
            if (std::chrono::duration_cast<std::chrono::milliseconds>(madeAt).count() < beforeMs) {
                fs::remove(entry.path());
            }
        }
    });
}

}  // namespace lares::storage

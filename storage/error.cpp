// SQLite's result codes put into our few kinds, each with the sentence the person gets.
#include "storage/error.h"

#include "storage/database.h"

#include <sqlite3.h>
#include <SQLiteCpp/Exception.h>
#include <filesystem>
#include <new>

namespace lares::storage {

namespace {

[[noreturn]] void fail(ErrorKind kind, const std::string& detail) {
    switch (kind) {
        case ErrorKind::diskFull:
            throw Error(kind,
                        "The disk is full, or takes no more: the last change was not saved, everything before it was. "
                        "Free some space and try again.",
                        detail);
        case ErrorKind::corrupt:
            throw Error(kind,
                        "The file in which Lares keeps its chats is damaged or is something else. Put a backup of it "
                        "in its place, or move it away to start with an empty one.",
                        detail);
        case ErrorKind::busy:
            throw Error(kind,
                        "Another program holds the file in which Lares keeps its chats. Close the other program and "
                        "try again.",
                        detail);
        case ErrorKind::io:
            throw Error(kind,
                        "The file in which Lares keeps its chats cannot be read or written. Check that its folder "
                        "exists and that you may write there.",
                        detail);
        default:
            throw Error(ErrorKind::internal,
                        "The chats could not be read or changed because of a fault in Lares; nothing was lost.",
                        detail);
    }
}

/// From https://www.sqlite.org/rescode.html. A refused write to an open file is a matter of room: SQLite says FULL for
/// ENOSPC alone, not for a quota (EDQUOT) or the largest file allowed (EFBIG).
ErrorKind kindOf(const SQLite::Exception& e) {
    switch (e.getExtendedErrorCode()) {
        case SQLITE_IOERR_WRITE:
        case SQLITE_IOERR_SHMSIZE:
            return ErrorKind::diskFull;
        default:
            break;
    }
    switch (e.getErrorCode() & 0xff) {
        case SQLITE_FULL:
            return ErrorKind::diskFull;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return ErrorKind::corrupt;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return ErrorKind::busy;
        case SQLITE_CANTOPEN:
        case SQLITE_IOERR:
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return ErrorKind::io;
        default:
            return ErrorKind::internal;
    }
}

}  // namespace

void rethrowAsError() {
    try {
        throw;
    } catch (const SQLite::Exception& e) {
        if (e.getErrorCode() == SQLITE_NOMEM) throw std::bad_alloc();
        fail(kindOf(e), std::string(e.what()) + " (SQLite " + std::to_string(e.getExtendedErrorCode()) + ")");
    } catch (const std::filesystem::filesystem_error& e) {
        fail(e.code() == std::errc::no_space_on_device ? ErrorKind::diskFull : ErrorKind::io, e.what());
    }
}

}  // namespace lares::storage

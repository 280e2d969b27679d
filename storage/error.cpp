// SQLite's result codes put into our few kinds, each with the sentence the person gets.
#include "storage/error.h"

#include "storage/database.h"

#include <sqlite3.h>
#include <SQLiteCpp/Exception.h>

namespace lares::storage {

void rethrowAsError() {
    try {
        throw;
    } catch (const SQLite::Exception& e) {
        const std::string detail = std::string(e.what()) + " (SQLite " + std::to_string(e.getExtendedErrorCode()) + ")";
        switch (e.getErrorCode()) {
            case SQLITE_FULL:
                throw Error(ErrorKind::diskFull,
                            "The disk is full: the last change was not saved, everything before it was. Free some "
                            "space and try again.",
                            detail);
            case SQLITE_CORRUPT:
            case SQLITE_NOTADB:
                throw Error(ErrorKind::corrupt,
                            "The file in which Lares keeps its chats is damaged or is something else. Put a backup of "
                            "it in its place, "
                            "or move it away to start with an empty one.",
                            detail);
            case SQLITE_BUSY:
            case SQLITE_LOCKED:
                throw Error(ErrorKind::busy,
                            "Another program holds the file in which Lares keeps its chats. Close the other program "
                            "and try again.",
                            detail);
            case SQLITE_CANTOPEN:
            case SQLITE_IOERR:
            case SQLITE_READONLY:
            case SQLITE_PERM:
            case SQLITE_AUTH:
                throw Error(ErrorKind::io,
                            "The file in which Lares keeps its chats cannot be read or written. Check that its folder "
                            "exists and that you "
                            "may write there.",
                            detail);
            default:
                throw Error(ErrorKind::internal,
                            "The chats could not be read or changed because of a fault in Lares; nothing was lost.",
                            detail);
        }
    }
}

}  // namespace lares::storage

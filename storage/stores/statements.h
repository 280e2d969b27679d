// What the stores' sources share: a statement with its values in one line. Not for other modules.
#pragma once

#include "storage/database.h"

#include <sqlite3.h>
#include <SQLiteCpp/Statement.h>
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace lares::storage {

template <typename... Values>
SQLite::Statement prepared(Database& database, const std::string& sql, const Values&... values) {
    SQLite::Statement statement(database.connection(), sql);
    int index = 0;
    (statement.bind(++index, values), ...);
    return statement;
}

/// Returns how many rows it changed.
template <typename... Values>
int execute(Database& database, const std::string& sql, const Values&... values) {
    return prepared(database, sql, values...).exec();
}

[[noreturn]] inline void noSuch(const char* thing) {
    throw Error(ErrorKind::notFound, std::string("This ") + thing + " is not there any more. Nothing was changed.");
}

template <typename Enum, std::size_t count>
Enum fromName(const std::array<const char*, count>& names, std::string_view name) {
    const auto found = std::find(names.begin(), names.end(), name);
    // The table's CHECK keeps others out, so it is not our row.
    if (found == names.end()) throw SQLite::Exception("unknown word in a row: " + std::string(name), SQLITE_CORRUPT);
    return static_cast<Enum>(found - names.begin());
}

inline constexpr std::array<const char*, 2> kRoleNames = {"user", "assistant"};
inline constexpr std::array<const char*, 4> kStateNames = {"writing", "complete", "stopped", "failed"};
inline constexpr std::array<const char*, 3> kTitleByNames = {"words", "model", "person"};

}  // namespace lares::storage

// The log of connections: one row for each request that left the machine. Nothing is ever taken out but by erase().
#pragma once

#include "storage/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lares::storage {

struct ConnectionRow {
    std::int64_t id = 0;  ///< chosen by whoever connects; positive
    std::int64_t startedAtMs = 0;
    std::optional<std::int64_t> endedAtMs;  ///< none: still open, or the program ended before it
    std::string host;
    std::string reason;  ///< a phrase for a person
    std::int64_t bytesUp = 0, bytesDown = 0;
    std::string result;  ///< a phrase for a person; empty while open
};

class ConnectionStore {
 public:
    explicit ConnectionStore(Database& database) : m_database(database) {}

    /// Adds it, or brings a known one up to date.
    void put(const ConnectionRow& row);
    /// The newest first; `limit` 0: all.
    std::vector<ConnectionRow> list(std::int64_t limit = 0);
    std::int64_t count();
    void erase();

 private:
    Database& m_database;
};

}  // namespace lares::storage

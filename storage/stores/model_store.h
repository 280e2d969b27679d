// Model files that are used where they lie. Only facts about them are kept here.
#pragma once

#include "storage/database.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lares::storage {

struct ModelRow {
    std::string path;  ///< absolute
    std::string name;
    std::string architecture;
    std::string quantisation;
    std::int64_t sizeBytes = 0;
    std::int64_t parameterCount = 0;
    std::int64_t contextLength = 0;
    std::int64_t addedAtMs = 0;
    std::int64_t usedAtMs = 0;  ///< 0: never
};

class ModelStore {
 public:
    explicit ModelStore(Database& database) : m_database(database) {}

    /// Last used first, then last added.
    std::vector<ModelRow> list();
    /// Adds it, or brings the facts of a known path up to date (keeping when it was added and used).
    void put(const ModelRow& row);
    void markUsed(const std::string& path, std::int64_t nowMs);
    bool remove(const std::string& path);  ///< false: not known

 private:
    Database& m_database;
};

}  // namespace lares::storage

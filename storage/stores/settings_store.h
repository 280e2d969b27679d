// Settings as key and JSON. Which keys there are and what they may hold is the services' business.
#pragma once

#include "storage/database.h"

#include <string>
#include <utility>
#include <vector>

namespace lares::storage {

class SettingsStore {
 public:
    explicit SettingsStore(Database& database) : m_database(database) {}

    std::vector<std::pair<std::string, std::string>> all();
    void set(const std::string& key, const std::string& json);
    void remove(const std::string& key);

 private:
    Database& m_database;
};

}  // namespace lares::storage

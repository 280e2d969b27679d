// The SQL of settings.
#include "storage/stores/settings_store.h"

#include <SQLiteCpp/Statement.h>

namespace lares::storage {

std::vector<std::pair<std::string, std::string>> SettingsStore::all() {
    return guarded([&] {
        std::vector<std::pair<std::string, std::string>> settings;
        SQLite::Statement query(m_database.connection(), "SELECT key, value FROM settings ORDER BY key");
        while (query.executeStep())
            settings.emplace_back(query.getColumn(0).getString(), query.getColumn(1).getString());
        return settings;
    });
}

void SettingsStore::set(const std::string& key, const std::string& json) {
    guarded([&] {
        SQLite::Statement upsert(
            m_database.connection(),
            "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2");
        upsert.bind(1, key);
        upsert.bind(2, json);
        upsert.exec();
    });
}

void SettingsStore::remove(const std::string& key) {
    guarded([&] {
        SQLite::Statement erase(m_database.connection(), "DELETE FROM settings WHERE key = ?1");
        erase.bind(1, key);
        erase.exec();
    });
}

}  // namespace lares::storage

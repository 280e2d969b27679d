// The SQL of settings.
#include "storage/stores/settings_store.h"

#include "storage/stores/statements.h"

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
        execute(m_database,
                "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2", key,
                json);
    });
}

void SettingsStore::remove(const std::string& key) {
    guarded([&] { execute(m_database, "DELETE FROM settings WHERE key = ?1", key); });
}

}  // namespace lares::storage

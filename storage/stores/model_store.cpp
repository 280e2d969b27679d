// The SQL of model files.
#include "storage/stores/model_store.h"

#include <SQLiteCpp/Statement.h>

namespace lares::storage {

std::vector<ModelRow> ModelStore::list() {
    return guarded([&] {
        std::vector<ModelRow> rows;
        SQLite::Statement query(
            m_database.connection(),
            "SELECT path, name, architecture, quantisation, size_bytes, parameter_count, context_length, "
            "added_at_ms, used_at_ms FROM models ORDER BY used_at_ms DESC, added_at_ms DESC, path");
        while (query.executeStep()) {
            rows.push_back({.path = query.getColumn(0),
                            .name = query.getColumn(1),
                            .architecture = query.getColumn(2),
                            .quantisation = query.getColumn(3),
                            .sizeBytes = query.getColumn(4),
                            .parameterCount = query.getColumn(5),
                            .contextLength = query.getColumn(6),
                            .addedAtMs = query.getColumn(7),
                            .usedAtMs = query.getColumn(8)});
        }
        return rows;
    });
}

void ModelStore::put(const ModelRow& row) {
    guarded([&] {
        SQLite::Statement upsert(
            m_database.connection(),
            "INSERT INTO models (path, name, architecture, quantisation, size_bytes, parameter_count, "
            "context_length, added_at_ms, used_at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) "
            "ON CONFLICT (path) DO UPDATE SET name = ?2, architecture = ?3, quantisation = ?4, size_bytes = ?5, "
            "parameter_count = ?6, context_length = ?7");
        upsert.bind(1, row.path);
        upsert.bind(2, row.name);
        upsert.bind(3, row.architecture);
        upsert.bind(4, row.quantisation);
        upsert.bind(5, row.sizeBytes);
        upsert.bind(6, row.parameterCount);
        upsert.bind(7, row.contextLength);
        upsert.bind(8, row.addedAtMs);
        upsert.bind(9, row.usedAtMs);
        upsert.exec();
    });
}

void ModelStore::markUsed(const std::string& path, std::int64_t nowMs) {
    guarded([&] {
        SQLite::Statement update(m_database.connection(), "UPDATE models SET used_at_ms = ?2 WHERE path = ?1");
        update.bind(1, path);
        update.bind(2, nowMs);
        update.exec();
    });
}

bool ModelStore::remove(const std::string& path) {
    return guarded([&] {
        SQLite::Statement erase(m_database.connection(), "DELETE FROM models WHERE path = ?1");
        erase.bind(1, path);
        return erase.exec() > 0;
    });
}

}  // namespace lares::storage

// The SQL of model files.
#include "storage/stores/model_store.h"

#include "storage/stores/statements.h"

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
        execute(m_database,
                "INSERT INTO models (path, name, architecture, quantisation, size_bytes, parameter_count, "
                "context_length, added_at_ms, used_at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) "
                "ON CONFLICT (path) DO UPDATE SET name = ?2, architecture = ?3, quantisation = ?4, size_bytes = ?5, "
                "parameter_count = ?6, context_length = ?7",
                row.path, row.name, row.architecture, row.quantisation, row.sizeBytes, row.parameterCount,
                row.contextLength, row.addedAtMs, row.usedAtMs);
    });
}

void ModelStore::markUsed(const std::string& path, std::int64_t nowMs) {
    guarded([&] { execute(m_database, "UPDATE models SET used_at_ms = ?2 WHERE path = ?1", path, nowMs); });
}

bool ModelStore::remove(const std::string& path) {
    return guarded([&] { return execute(m_database, "DELETE FROM models WHERE path = ?1", path) > 0; });
}

}  // namespace lares::storage

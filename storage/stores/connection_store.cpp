// The SQL of the connection log.
#include "storage/stores/connection_store.h"

#include <SQLiteCpp/Statement.h>

namespace lares::storage {

void ConnectionStore::put(const ConnectionRow& row) {
    guarded([&] {
        SQLite::Statement upsert(
            m_database.connection(),
            "INSERT INTO connections (id, started_at_ms, ended_at_ms, host, reason, bytes_up, bytes_down, result) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO UPDATE SET ended_at_ms = ?3, bytes_up = ?6, "
            "bytes_down = ?7, result = ?8");
        upsert.bind(1, row.id);
        upsert.bind(2, row.startedAtMs);
        if (row.endedAtMs) upsert.bind(3, *row.endedAtMs);
        upsert.bind(4, row.host);
        upsert.bind(5, row.reason);
        upsert.bind(6, row.bytesUp);
        upsert.bind(7, row.bytesDown);
        upsert.bind(8, row.result);
        upsert.exec();
    });
}

std::vector<ConnectionRow> ConnectionStore::list(std::int64_t limit) {
    return guarded([&] {
        std::vector<ConnectionRow> rows;
        SQLite::Statement query(m_database.connection(),
                                "SELECT id, started_at_ms, ended_at_ms, host, reason, bytes_up, bytes_down, result "
                                "FROM connections ORDER BY started_at_ms DESC, id LIMIT ?1");
        query.bind(1, limit > 0 ? limit : -1);
        while (query.executeStep()) {
            ConnectionRow row;
            row.id = query.getColumn(0);
            row.startedAtMs = query.getColumn(1);
            if (!query.getColumn(2).isNull()) row.endedAtMs = query.getColumn(2).getInt64();
            row.host = query.getColumn(3).getString();
            row.reason = query.getColumn(4).getString();
            row.bytesUp = query.getColumn(5);
            row.bytesDown = query.getColumn(6);
            row.result = query.getColumn(7).getString();
            rows.push_back(std::move(row));
        }
        return rows;
    });
}

std::int64_t ConnectionStore::count() {
    return guarded([&] { return m_database.connection().execAndGet("SELECT count(*) FROM connections").getInt64(); });
}

void ConnectionStore::erase() {
    guarded([&] { m_database.connection().exec("DELETE FROM connections"); });
}

}  // namespace lares::storage

// The SQL of downloads, their journal and the origins of files.
#include "storage/stores/download_store.h"

#include "storage/stores/statements.h"

namespace lares::storage {

namespace {

constexpr std::array<const char*, 4> kDownloadStateNames = {"open", "paused", "failed", "ready"};

const char* nameOf(DownloadState state) {
    return kDownloadStateNames[static_cast<std::size_t>(state)];
}

}  // namespace

std::int64_t DownloadStore::add(const DownloadRow& row) {
    return m_database.inTransaction([&] {
        execute(m_database,
                "INSERT INTO downloads (repository, revision, name, folder, state, failure, created_at_ms) "
                "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                row.repository, row.revision, row.name, row.folder, nameOf(row.state), row.failure, row.createdAtMs);
        const std::int64_t id = m_database.connection().getLastInsertRowid();
        for (std::size_t i = 0; i < row.files.size(); ++i) {
            execute(m_database,
                    "INSERT INTO download_files (download_id, position, path, size_bytes, sha256) "
                    "VALUES (?1, ?2, ?3, ?4, ?5)",
                    id, static_cast<int>(i), row.files[i].path, row.files[i].sizeBytes, row.files[i].sha256);
        }
        return id;
    });
}

std::vector<DownloadRow> DownloadStore::list() {
    return m_database.inTransaction([&] {
        std::vector<DownloadRow> rows;
        SQLite::Statement query(m_database.connection(),
                                "SELECT id, repository, revision, name, folder, state, failure, created_at_ms FROM "
                                "downloads ORDER BY id");
        SQLite::Statement files(
            m_database.connection(),
            "SELECT path, size_bytes, sha256 FROM download_files WHERE download_id = ?1 ORDER BY position");
        while (query.executeStep()) {
            DownloadRow row{.id = query.getColumn(0),
                            .repository = query.getColumn(1),
                            .revision = query.getColumn(2),
                            .name = query.getColumn(3),
                            .folder = query.getColumn(4),
                            .state = fromName<DownloadState>(kDownloadStateNames, query.getColumn(5).getText()),
                            .failure = query.getColumn(6),
                            .createdAtMs = query.getColumn(7),
                            .files = {}};
            files.bind(1, row.id);
            while (files.executeStep()) {
                row.files.push_back(
                    {.path = files.getColumn(0), .sizeBytes = files.getColumn(1), .sha256 = files.getColumn(2)});
            }
            files.reset();
            rows.push_back(std::move(row));
        }
        return rows;
    });
}

void DownloadStore::setState(std::int64_t id, DownloadState state, const std::string& failure) {
    guarded([&] {
        execute(m_database, "UPDATE downloads SET state = ?2, failure = ?3 WHERE id = ?1", id, nameOf(state), failure);
    });
}

void DownloadStore::remove(std::int64_t id) {
    guarded([&] { execute(m_database, "DELETE FROM downloads WHERE id = ?1", id); });
}

std::vector<DownloadBlockRow> DownloadStore::blocks(std::int64_t id, int position) {
    return guarded([&] {
        std::vector<DownloadBlockRow> rows;
        auto query = prepared(
            m_database,
            "SELECT block, sha256 FROM download_blocks WHERE download_id = ?1 AND position = ?2 ORDER BY block", id,
            position);
        while (query.executeStep()) {
            DownloadBlockRow row{.block = query.getColumn(0)};
            const SQLite::Column hash = query.getColumn(1);
            const auto* const bytes = static_cast<const unsigned char*>(hash.getBlob());
            std::copy(bytes, bytes + row.sha256.size(), row.sha256.begin());
            rows.push_back(row);
        }
        return rows;
    });
}

void DownloadStore::putBlocks(std::int64_t id, int position, const std::vector<DownloadBlockRow>& blocks) {
    m_database.inTransaction([&] {
        if (!prepared(m_database, "SELECT 1 FROM downloads WHERE id = ?1", id).executeStep())
            return;  // removed while the blocks were on their way
        SQLite::Statement insert(
            m_database.connection(),
            "INSERT OR REPLACE INTO download_blocks (download_id, position, block, sha256) VALUES (?1, ?2, ?3, ?4)");
        for (const DownloadBlockRow& row : blocks) {
            insert.bind(1, id);
            insert.bind(2, position);
            insert.bind(3, row.block);
            insert.bind(4, row.sha256.data(), static_cast<int>(row.sha256.size()));
            insert.exec();
            insert.reset();
        }
    });
}

void DownloadStore::forgetBlocks(std::int64_t id) {
    guarded([&] { execute(m_database, "DELETE FROM download_blocks WHERE download_id = ?1", id); });
}

void ModelOriginStore::put(const ModelOriginRow& row) {
    guarded([&] {
        execute(m_database,
                "INSERT OR REPLACE INTO model_origins (path, repository, revision, file, sha256, program) "
                "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                row.path, row.repository, row.revision, row.file, row.sha256, row.program);
    });
}

std::optional<ModelOriginRow> ModelOriginStore::of(const std::string& path) {
    return guarded([&]() -> std::optional<ModelOriginRow> {
        auto query = prepared(
            m_database, "SELECT path, repository, revision, file, sha256, program FROM model_origins WHERE path = ?1",
            path);
        if (!query.executeStep()) return std::nullopt;
        return ModelOriginRow{.path = query.getColumn(0),
                              .repository = query.getColumn(1),
                              .revision = query.getColumn(2),
                              .file = query.getColumn(3),
                              .sha256 = query.getColumn(4),
                              .program = query.getColumn(5)};
    });
}

void ModelOriginStore::remove(const std::string& path) {
    guarded([&] { execute(m_database, "DELETE FROM model_origins WHERE path = ?1", path); });
}

}  // namespace lares::storage

// The SQL of downloads, their journal and the origins of files.
#include "storage/stores/download_store.h"

#include <SQLiteCpp/Statement.h>
#include <algorithm>
#include <cassert>

namespace lares::storage {

namespace {

constexpr const char* kStates[] = {"open", "paused", "failed", "ready"};

const char* nameOf(DownloadState state) {
    return kStates[static_cast<int>(state)];
}

DownloadState stateOf(const std::string& name) {
    const auto* const found = std::find(std::begin(kStates), std::end(kStates), name);
    assert(found != std::end(kStates));  // the table's own check allows no other
    return static_cast<DownloadState>(found - std::begin(kStates));
}

}  // namespace

std::int64_t DownloadStore::add(const DownloadRow& row) {
    return m_database.inTransaction([&] {
        SQLite::Statement insert(m_database.connection(),
                                 "INSERT INTO downloads (repository, revision, name, folder, state, failure, "
                                 "created_at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        insert.bind(1, row.repository);
        insert.bind(2, row.revision);
        insert.bind(3, row.name);
        insert.bind(4, row.folder);
        insert.bind(5, nameOf(row.state));
        insert.bind(6, row.failure);
        insert.bind(7, row.createdAtMs);
        insert.exec();
        const std::int64_t id = m_database.connection().getLastInsertRowid();
        SQLite::Statement file(m_database.connection(),
                               "INSERT INTO download_files (download_id, position, path, size_bytes, sha256) VALUES "
                               "(?1, ?2, ?3, ?4, ?5)");
        for (std::size_t i = 0; i < row.files.size(); ++i) {
            file.bind(1, id);
            file.bind(2, static_cast<int>(i));
            file.bind(3, row.files[i].path);
            file.bind(4, row.files[i].sizeBytes);
            file.bind(5, row.files[i].sha256);
            file.exec();
            file.reset();
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
                            .state = stateOf(query.getColumn(5)),
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
        SQLite::Statement update(m_database.connection(),
                                 "UPDATE downloads SET state = ?2, failure = ?3 WHERE id = ?1");
        update.bind(1, id);
        update.bind(2, nameOf(state));
        update.bind(3, failure);
        update.exec();
    });
}

void DownloadStore::remove(std::int64_t id) {
    guarded([&] {
        SQLite::Statement erase(m_database.connection(), "DELETE FROM downloads WHERE id = ?1");
        erase.bind(1, id);
        erase.exec();
    });
}

std::vector<DownloadBlockRow> DownloadStore::blocks(std::int64_t id, int position) {
    return guarded([&] {
        std::vector<DownloadBlockRow> rows;
        SQLite::Statement query(
            m_database.connection(),
            "SELECT block, sha256 FROM download_blocks WHERE download_id = ?1 AND position = ?2 ORDER BY block");
        query.bind(1, id);
        query.bind(2, position);
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
        SQLite::Statement known(m_database.connection(), "SELECT 1 FROM downloads WHERE id = ?1");
        known.bind(1, id);
        if (!known.executeStep()) return;  // removed while the blocks were on their way
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
    guarded([&] {
        SQLite::Statement erase(m_database.connection(), "DELETE FROM download_blocks WHERE download_id = ?1");
        erase.bind(1, id);
        erase.exec();
    });
}

void ModelOriginStore::put(const ModelOriginRow& row) {
    guarded([&] {
        SQLite::Statement upsert(m_database.connection(),
                                 "INSERT OR REPLACE INTO model_origins (path, repository, revision, file, sha256, "
                                 "program) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        upsert.bind(1, row.path);
        upsert.bind(2, row.repository);
        upsert.bind(3, row.revision);
        upsert.bind(4, row.file);
        upsert.bind(5, row.sha256);
        upsert.bind(6, row.program);
        upsert.exec();
    });
}

std::optional<ModelOriginRow> ModelOriginStore::of(const std::string& path) {
    return guarded([&]() -> std::optional<ModelOriginRow> {
        SQLite::Statement query(
            m_database.connection(),
            "SELECT path, repository, revision, file, sha256, program FROM model_origins WHERE path = ?1");
        query.bind(1, path);
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
    guarded([&] {
        SQLite::Statement erase(m_database.connection(), "DELETE FROM model_origins WHERE path = ?1");
        erase.bind(1, path);
        erase.exec();
    });
}

}  // namespace lares::storage

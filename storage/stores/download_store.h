// Downloads of model files and their journal: which blocks of which file are known to be good. The bytes themselves are
// on the disk, under names that end in ".part" until the whole was checked.
#pragma once

#include "storage/database.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lares::storage {

using Sha256 = std::array<unsigned char, 32>;

struct DownloadFileRow {
    std::string path;  ///< in the repository, and below the folder
    std::int64_t sizeBytes = 0;
    std::string sha256;  ///< 64 hex digits
};

enum class DownloadState { open, paused, failed, ready };

struct DownloadRow {
    std::int64_t id = 0;
    std::string repository, revision, name, folder;
    DownloadState state = DownloadState::open;
    std::string failure;
    std::int64_t createdAtMs = 0;
    std::vector<DownloadFileRow> files;  ///< in the order of their parts
};

struct DownloadBlockRow {
    std::int64_t block = 0;
    Sha256 sha256{};
};

class DownloadStore {
 public:
    explicit DownloadStore(Database& database) : m_database(database) {}

    /// Returns its id; `row.id` is not looked at.
    std::int64_t add(const DownloadRow& row);
    std::vector<DownloadRow> list();  ///< oldest first
    void setState(std::int64_t id, DownloadState state, const std::string& failure = {});
    void remove(std::int64_t id);  ///< with its journal

    std::vector<DownloadBlockRow> blocks(std::int64_t id, int position);
    void putBlocks(std::int64_t id, int position, const std::vector<DownloadBlockRow>& blocks);
    void forgetBlocks(std::int64_t id);

 private:
    Database& m_database;
};

/// Where a model file comes from. The row outlives the download it was made by.
struct ModelOriginRow {
    std::string path;  ///< absolute
    std::string repository, revision, file;
    std::string sha256;   ///< as the hub said it
    std::string program;  ///< that keeps the file; empty: Lares
};

class ModelOriginStore {
 public:
    explicit ModelOriginStore(Database& database) : m_database(database) {}

    void put(const ModelOriginRow& row);
    std::optional<ModelOriginRow> of(const std::string& path);
    void remove(const std::string& path);

 private:
    Database& m_database;
};

}  // namespace lares::storage

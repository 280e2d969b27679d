// What the store's tests share: databases on disk, what is in them, whether they are sound. No Qt, so that the child
// process is small.
#pragma once

#include "storage/stores/stores.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lares::storage_test {

/// A folder of its own with a path for a database in it; gone at the end.
class StoreFolder {
 public:
    StoreFolder();
    ~StoreFolder();
    StoreFolder(const StoreFolder&) = delete;
    StoreFolder& operator=(const StoreFolder&) = delete;

    const std::filesystem::path& folder() const { return m_folder; }
    std::filesystem::path path() const { return m_folder / "lares.db"; }

 private:
    std::filesystem::path m_folder;
};

std::string bytesOf(const std::filesystem::path& file);
void writeBytes(const std::filesystem::path& file, const std::string& bytes);

/// File name to content of everything in a folder.
std::map<std::string, std::string> contentOf(const std::filesystem::path& folder);

/// Names of the files in a folder that hold `word` in plain bytes.
std::vector<std::string> filesWith(const std::filesystem::path& folder, const std::string& word);

/// Every row of every table that is not FTS5's own, as text: two databases with one dump hold the same.
std::string dump(storage::Database& database);

/// "ok", or what SQLite's own checks say: pages, references, and the full-text index against its tables.
std::string verdict(storage::Database& database);

/// The shipped steps and `count` invented ones after them; each fills a table of its own and rebuilds the one before.
std::vector<storage::Migration> stepsWithExtra(int count);

/// The shipped steps and one with `sql` after them, which must outlive the result.
std::vector<storage::Migration> stepsWith(std::string_view sql);

/// The first `count` shipped steps.
std::span<const storage::Migration> shippedSteps(int count);

/// The Error that `work` throws.
template <typename Work>
std::optional<storage::Error> errorOf(Work work) {
    try {
        work();
        return {};
    } catch (const storage::Error& error) {
        return error;
    }
}

/// The text that a child writes: any prefix of it can be told from any other text of the same length.
std::string childText(std::size_t bytes);

}  // namespace lares::storage_test

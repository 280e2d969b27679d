// The house rules that a program can check: who may include whom, how long a file may be, words that must not appear.
// Reads sources as text; knows nothing of C++ beyond its #include lines. The rules in words: ARCHITECTURE.md.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace lares::tidy {

/// A source file with its path relative to the project's root, with forward slashes.
struct SourceFile {
    std::string path;
    std::string text;
};

/// Every file under the source folders and the root that git would keep (build folders are not entered).
std::vector<SourceFile> readSources(const std::filesystem::path& root);

/// Each returns one sentence per breach, "path:line: what is wrong"; empty when the house is in order.
std::vector<std::string> includeBreaches(const std::vector<SourceFile>& files);
std::vector<std::string> budgetBreaches(const std::vector<SourceFile>& files);
std::vector<std::string> wordBreaches(const std::vector<SourceFile>& files);

}  // namespace lares::tidy

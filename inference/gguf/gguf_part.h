// One file of a model: the open descriptor, its metadata read into memory, its table of tensors, all checked against
// the size of the file. What the parts of a split model have to do with each other is gguf_file.cpp's business.
#pragma once

#include "inference/gguf/gguf_file.h"
#include "inference/gguf/safe_text.h"

#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

namespace lares::inference {

/// A metadata value where it stands: views into the part's memory.
struct GgufEntry {
    std::string_view key;
    GgufKind kind = GgufKind::u8;
    GgufKind elementKind = GgufKind::u8;  ///< of an array; else as kind
    std::uint64_t count = 1;              ///< elements of an array, else 1
    std::span<const std::byte> value;     ///< the elements as in the file, without the array's own header
};

class GgufPart {
 public:
    /// Throws as GgufFile::open. `partIndex` goes into the tensors.
    static GgufPart open(const std::filesystem::path& path, std::uint32_t partIndex, GgufData data);

    GgufPart(GgufPart&& other) noexcept;
    GgufPart& operator=(GgufPart&& other) noexcept;
    ~GgufPart();

    std::uint32_t version() const { return m_version; }
    std::uint64_t fileBytes() const { return m_fileBytes; }
    std::uint64_t missingBytes() const { return m_missingBytes; }     ///< of tensors, past the end of the file
    std::span<const GgufEntry> entries() const { return m_entries; }  ///< by rising key, no key twice
    const GgufEntry* find(std::string_view key) const;
    std::span<const GgufTensor> tensors() const { return m_tensors; }  ///< in the order of the file

    void read(std::uint64_t offsetBytes, std::span<std::byte> out) const;

 private:
    GgufPart() = default;

    int m_descriptor = -1;
    std::uint64_t m_fileBytes = 0;
    std::uint64_t m_missingBytes = 0;
    std::uint32_t m_version = 0;
    std::vector<std::byte> m_head;  ///< the file up to somewhere behind its table of tensors; views point into it
    std::vector<GgufEntry> m_entries;
    std::vector<GgufTensor> m_tensors;

    friend class GgufHeadParser;
};

/// As people read it: "u32", "text", "array".
std::string_view kindName(GgufKind kind);

/// Bytes of one value of a kind of fixed size; 0 for text and array.
std::size_t kindBytes(GgufKind kind);

}  // namespace lares::inference

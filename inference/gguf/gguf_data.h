// What stands behind a GgufFile; shared by gguf_file.cpp and gguf_metadata.cpp only.
#pragma once

#include "inference/gguf/gguf_part.h"

namespace lares::inference {

struct GgufFile::Data {
    std::filesystem::path path;
    std::vector<GgufPart> parts;  ///< at least one; the first has the metadata
    std::uint64_t fileBytes = 0, missingBytes = 0;
    std::vector<GgufTensor> tensors;        ///< of all parts, in order
    std::vector<const GgufTensor*> byName;  ///< rising

    void indexTensors();  ///< throws badFile for a name used twice
    const GgufEntry* entry(std::string_view key) const { return parts.front().find(key); }
};

/// The value of an entry of any integer kind. Throws badFile for other kinds and for negative values.
std::uint64_t integerOf(const GgufEntry& entry);

}  // namespace lares::inference

// A GGUF model file (versions 2 and 3, one file or split into -00001-of-0000N parts), opened, checked and looked up.
// Nothing of its content is believed: every length, offset and dimension is checked against what the file can hold
// before anything is allocated or read. Not checked here: whether the metadata make a sensible model (inference/models)
// or a sensible vocabulary (inference/tokenizer).
//
// The file is not mapped. Metadata are read into memory once; weights are read on demand with pread. So a file that is
// truncated or whose disk fails while it is in use gives an Error, where a mapping would kill the program by SIGBUS.
//
// Source: the GGUF specification in the ggml project's docs/gguf.md.
#pragma once

#include "inference/error.h"
#include "inference/gguf/ggml_types.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lares::inference {

/// Kinds of metadata values, numbered as in the file.
enum class GgufKind : std::uint32_t { u8, i8, u16, i16, u32, i32, f32, boolean, text, array, u64, i64, f64 };

/// Whether the bytes of the weights have to be in the file. A download that is not finished, or the first bytes of a
/// model that someone only wants to plan for, can still be described.
enum class GgufData { complete, mayBeMissing };

struct GgufTensor {
    std::string_view name;
    std::array<std::uint64_t, 4> shape{1, 1, 1,
                                       1};  ///< shape[0] is contiguous: a matrix [rows, cols] has {cols, rows, 1, 1}
    std::uint32_t dimensions = 0;           ///< 1 to 4; the rest of shape is 1
    std::uint32_t type = 0;                 ///< ggml type id; always one of ggmlTypes() that is still in use
    std::uint64_t sizeBytes = 0;            ///< of all its blocks; never past the end of a complete file
    std::uint64_t offsetBytes = 0;          ///< from the start of its part
    std::uint32_t part = 0;                 ///< which part of a split model holds it

    std::uint64_t elementCount() const { return shape[0] * shape[1] * shape[2] * shape[3]; }
    std::uint64_t rowBytes() const;  ///< bytes of shape[0] elements
};

/// One open model. Move-only; views it hands out live as long as it does. All members may be called from any thread.
class GgufFile {
 public:
    /// Opens the model; any part of a split model opens all of it. Throws badFile, unsupported or io, with a sentence
    /// that names what is wrong (and, of a split model, the missing part).
    static GgufFile open(const std::filesystem::path& path, GgufData weights = GgufData::complete);

    GgufFile(GgufFile&&) noexcept;
    GgufFile& operator=(GgufFile&&) noexcept;
    ~GgufFile();

    const std::filesystem::path& path() const;  ///< as given to open()
    std::uint32_t version() const;
    std::uint64_t fileBytes() const;     ///< all parts
    std::uint64_t missingBytes() const;  ///< of weights that lie past the ends of the files; 0 for a complete model
    std::uint32_t partCount() const;

    // Metadata. An absent key gives nullopt; a value of another kind throws badFile naming the key and both kinds. The
    // require...() forms throw badFile when the key is absent, too.
    bool contains(std::string_view key) const;
    std::optional<GgufKind> kind(std::string_view key) const;
    std::optional<GgufKind> elementKind(std::string_view key) const;     ///< of an array; of anything else as kind()
    std::vector<std::string_view> keys() const;                          ///< in alphabetical order
    std::optional<std::string_view> text(std::string_view key) const;    ///< bytes as they are, perhaps not UTF-8
    std::optional<std::uint64_t> integer(std::string_view key) const;    ///< of any integer kind; negative throws
    std::optional<std::uint32_t> integer32(std::string_view key) const;  ///< and past 32 bits throws
    std::optional<double> real(std::string_view key) const;              ///< f32 or f64, perhaps NaN; integers too
    std::optional<bool> flag(std::string_view key) const;
    std::string_view requireText(std::string_view key) const;
    std::uint32_t requireInteger32(std::string_view key) const;
    double requireReal(std::string_view key) const;

    // Arrays, copied out; no more elements than the file really holds.
    std::optional<std::uint64_t> arrayLength(std::string_view key) const;  ///< of elements of any kind
    std::optional<std::vector<std::string_view>> texts(std::string_view key) const;
    std::optional<std::vector<std::int64_t>> integers(
        std::string_view key) const;                                      ///< of any integer kind; u64 past i64 throws
    std::optional<std::vector<float>> reals(std::string_view key) const;  ///< f32 or f64

    // Weights.
    std::span<const GgufTensor> tensors() const;          ///< in the order of the file(s)
    const GgufTensor* find(std::string_view name) const;  ///< nullptr: no such tensor

    /// Reads `out.size()` bytes of the tensor, from `offsetBytes` inside it. Throws io (disk, or the file has become
    /// shorter since it was opened), badFile where the data are missing. Asking past the tensor's end is a broken
    /// promise.
    void read(const GgufTensor& tensor, std::uint64_t offsetBytes, std::span<std::byte> out) const;

    /// The whole tensor.
    std::vector<std::byte> read(const GgufTensor& tensor) const;

 private:
    struct Data;
    explicit GgufFile(std::unique_ptr<Data> data);
    std::unique_ptr<Data> m_data;
};

}  // namespace lares::inference

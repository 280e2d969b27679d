#include "inference/gguf/gguf_part.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <bit>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <limits>
#include <system_error>
#include <utility>

static_assert(std::endian::native == std::endian::little, "GGUF files are little-endian and read as they are");

namespace lares::inference {

namespace {

constexpr std::uint64_t kMaxHeadBytes = std::uint64_t{1} << 30;  // the largest vocabularies take some 20 MB
constexpr std::uint64_t kReadStepBytes = 256 * 1024;
constexpr std::uint64_t kMaxFileBytes = std::uint64_t{1} << 60;
constexpr std::uint64_t kMaxKeyBytes = 65535;      // GGUF specification
constexpr std::uint64_t kMaxTensorNameBytes = 63;  // what ggml's loaders can hold
constexpr std::uint32_t kDefaultAlignment = 32;
constexpr std::uint32_t kLastKind = 12;

[[noreturn]] void failBad(const std::string& sentence) {
    throw Error(ErrorKind::badFile, sentence);
}

[[noreturn]] void failIo(const std::string& sentence, int code) {
    throw Error(ErrorKind::io, sentence, std::generic_category().message(code));
}

/// Opens regular files only; without O_NONBLOCK, opening a FIFO would wait for a writer for ever.
int openRegular(const std::filesystem::path& path, std::uint64_t& fileBytes) {
    const std::string name = inQuotes(path.filename().string());
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0) {
        const int code = errno;
        failIo(code == ENOENT ? "There is no file " + name + "."
               : code == ELOOP
                   ? "The file " + name + " is a link that leads back to itself."
                   : "The file " + name + " cannot be opened: " + std::generic_category().message(code) + ".",
               code);
    }
    struct stat status = {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        const bool folder = S_ISDIR(status.st_mode);
        ::close(descriptor);
        throw Error(ErrorKind::io, name + (folder ? " is a folder, not a model file." : " is not an ordinary file."));
    }
    fileBytes = static_cast<std::uint64_t>(status.st_size);
    return descriptor;
}

}  // namespace

std::string_view kindName(GgufKind kind) {
    constexpr std::string_view kNames[] = {"u8",   "i8",   "u16",   "i16", "u32", "i32", "f32",
                                           "bool", "text", "array", "u64", "i64", "f64"};
    return kNames[static_cast<std::uint32_t>(kind)];
}

std::size_t kindBytes(GgufKind kind) {
    constexpr std::size_t kBytes[] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
    return kBytes[static_cast<std::uint32_t>(kind)];
}

/// Walks the head of the file once. Positions are kept as offsets while the memory still grows; finish() makes views.
class GgufHeadParser {
 public:
    GgufHeadParser(GgufPart& part, GgufData data) : m_part(part), m_data(data) {}

    void parse(std::uint32_t partIndex) {
        readHeader();
        for (std::uint64_t i = 0; i < m_keyCount; ++i) {
            readEntry();
        }
        for (std::uint64_t i = 0; i < m_tensorCount; ++i) {
            readTensor(partIndex);
        }
        finish();
    }

 private:
    struct Slice {
        std::uint64_t offset = 0, size = 0;
    };
    struct RawEntry {
        Slice key, value;
        std::uint64_t count = 1;
        GgufKind kind = GgufKind::u8, elementKind = GgufKind::u8;
    };

    void readHeader() {
        m_place = "header";
        if (m_part.m_fileBytes == 0) {
            failBad("The file is empty.");
        }
        std::array<char, 4> magic = {};
        const std::uint64_t magicBytes = std::min<std::uint64_t>(m_part.m_fileBytes, magic.size());
        need(magicBytes);
        std::memcpy(magic.data(), m_part.m_head.data(), magicBytes);
        if (std::memcmp(magic.data(), "GGUF", magicBytes) != 0) {
            failBad("This is not a GGUF model: the file does not begin with the letters GGUF.");
        }
        m_position = magicBytes;
        const std::uint32_t version = scalar<std::uint32_t>();
        if (version != 0 && (version & 0xFFFF) == 0) {
            throw Error(ErrorKind::unsupported, "This GGUF file was written for big-endian machines.");
        }
        if (version == 0) {
            failBad("The file says that it is GGUF version 0, which does not exist.");
        }
        if (version != 2 && version != 3) {
            throw Error(ErrorKind::unsupported, "The file is GGUF version " + std::to_string(version) +
                                                    "; this program reads versions 2 and 3." +
                                                    (version == 1 ? " It has to be converted again." : ""));
        }
        m_part.m_version = version;
        m_tensorCount = scalar<std::uint64_t>();
        m_keyCount = scalar<std::uint64_t>();
    }

    void readEntry() {
        m_place = "metadata";
        RawEntry entry;
        entry.key = text();
        const std::string name = inQuotes(view(entry.key));
        if (entry.key.size == 0) {
            failBad("The metadata contain a key without a name.");
        }
        if (entry.key.size > kMaxKeyBytes) {
            failBad("The metadata contain a key of " + std::to_string(entry.key.size) + " bytes.");
        }
        entry.kind = entry.elementKind = kind(name);
        if (entry.kind == GgufKind::array) {
            entry.elementKind = kind(name);
            entry.count = scalar<std::uint64_t>();
            if (entry.elementKind == GgufKind::array) {
                failBad("The metadata value " + name + " is an array of arrays, which no GGUF model uses.");
            }
        }
        const std::uint64_t begin = m_position;
        if (entry.elementKind == GgufKind::text) {
            for (std::uint64_t i = 0; i < entry.count; ++i) {
                text();
            }
        } else {
            const std::uint64_t each = kindBytes(entry.elementKind);
            if (entry.count > remaining() / each) {
                failTruncated();
            }
            skip(entry.count * each);
        }
        entry.value = {begin, m_position - begin};
        m_entries.push_back(entry);
    }

    GgufKind kind(const std::string& name) {
        const std::uint32_t id = scalar<std::uint32_t>();
        if (id > kLastKind) {
            failBad("The metadata value " + name + " is of kind " + std::to_string(id) + ", which does not exist.");
        }
        return static_cast<GgufKind>(id);
    }

    void readTensor(std::uint32_t partIndex) {
        m_place = "list of tensors";
        const Slice nameSlice = text();
        const std::string name = inQuotes(view(nameSlice));
        if (nameSlice.size == 0 || nameSlice.size > kMaxTensorNameBytes) {
            failBad("A tensor's name must have 1 to 63 bytes; " + name + " has " + std::to_string(nameSlice.size) +
                    ".");
        }
        GgufTensor tensor;
        tensor.part = partIndex;
        tensor.dimensions = scalar<std::uint32_t>();
        if (tensor.dimensions < 1 || tensor.dimensions > tensor.shape.size()) {
            failBad("The tensor " + name + " has " + std::to_string(tensor.dimensions) +
                    " dimensions; 1 to 4 are possible.");
        }
        for (std::uint32_t d = 0; d < tensor.dimensions; ++d) {
            tensor.shape[d] = scalar<std::uint64_t>();
        }
        tensor.type = scalar<std::uint32_t>();
        tensor.offsetBytes = scalar<std::uint64_t>();
        tensor.sizeBytes = checkedSize(tensor, name);
        m_tensorNames.push_back(nameSlice);
        m_part.m_tensors.push_back(tensor);
    }

    static std::uint64_t checkedSize(const GgufTensor& tensor, const std::string& name) {
        const GgmlType* type = ggmlType(tensor.type);
        if (type == nullptr) {
            throw Error(ErrorKind::unsupported, "The tensor " + name + " has the weight type " +
                                                    std::to_string(static_cast<std::int32_t>(tensor.type)) +
                                                    ", which this program does not know.");
        }
        if (type->blockElements == 0) {
            throw Error(ErrorKind::unsupported,
                        "The tensor " + name + " has the weight type " + std::string(type->name) +
                            ", which was removed from GGUF; the model has to be converted again.");
        }
        constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        std::uint64_t elements = 1;
        for (const std::uint64_t extent : tensor.shape) {
            if (extent == 0 || extent > kMax / elements) {
                failBad("The tensor " + name + " has an impossible shape.");
            }
            elements *= extent;
        }
        if (tensor.shape[0] % type->blockElements != 0) {
            failBad("The tensor " + name + " has rows of " + std::to_string(tensor.shape[0]) + " elements; " +
                    std::string(type->name) + " needs a multiple of " + std::to_string(type->blockElements) + ".");
        }
        const std::uint64_t blocks = elements / type->blockElements;
        if (blocks > kMax / type->blockBytes) {
            failBad("The tensor " + name + " has an impossible shape.");
        }
        return blocks * type->blockBytes;
    }

    void finish() {
        const auto* base = m_part.m_head.data();
        for (const RawEntry& raw : m_entries) {
            m_part.m_entries.push_back(
                {view(raw.key), raw.kind, raw.elementKind, raw.count, {base + raw.value.offset, raw.value.size}});
        }
        std::ranges::sort(m_part.m_entries, {}, &GgufEntry::key);
        const auto twice = std::ranges::adjacent_find(m_part.m_entries, {}, &GgufEntry::key);
        if (twice != m_part.m_entries.end()) {
            failBad("The metadata value " + inQuotes(twice->key) + " is there twice.");
        }
        placeTensors();
    }

    void placeTensors() {
        const std::uint64_t alignment = readAlignment();
        const std::uint64_t fileBytes = m_part.m_fileBytes;
        // Neither sum can wrap: positions lie inside the file, an alignment has 32 bits.
        const std::uint64_t dataStart = (m_position + alignment - 1) / alignment * alignment;
        for (std::size_t i = 0; i < m_part.m_tensors.size(); ++i) {
            GgufTensor& tensor = m_part.m_tensors[i];
            tensor.name = view(m_tensorNames[i]);
            if (tensor.offsetBytes % alignment != 0) {
                failBad("The data of the tensor " + inQuotes(tensor.name) + " do not begin at a multiple of " +
                        std::to_string(alignment) + " bytes.");
            }
            // Where data may be missing this only keeps the sums below from wrapping around.
            const std::uint64_t end = m_data == GgufData::complete ? fileBytes : kMaxFileBytes;
            if (dataStart > end || tensor.offsetBytes > end - dataStart ||
                tensor.sizeBytes > end - dataStart - tensor.offsetBytes) {
                failBad("The file ends before the data of the tensor " + inQuotes(tensor.name) +
                        "; it may not have been downloaded completely.");
            }
            tensor.offsetBytes += dataStart;
        }
        checkPlaces(dataStart, alignment);
    }

    std::uint64_t readAlignment() const {
        const GgufEntry* entry = m_part.find("general.alignment");
        if (entry == nullptr) {
            return kDefaultAlignment;
        }
        if (entry->kind != GgufKind::u32) {
            failBad("The metadata value \u201cgeneral.alignment\u201d must be of kind u32, but is " +
                    std::string(kindName(entry->kind)) + ".");
        }
        std::uint32_t alignment = 0;
        std::memcpy(&alignment, entry->value.data(), sizeof alignment);
        if (!std::has_single_bit(alignment)) {
            failBad("The metadata value \u201cgeneral.alignment\u201d must be a power of two, but is " +
                    std::to_string(alignment) + ".");
        }
        return alignment;
    }

    /// Tensors that share bytes would let a small file ask for any amount of device memory. Data that are missing have
    /// to be where the end of the data before says they are: elsewhere the file is not cut short but damaged.
    void checkPlaces(std::uint64_t dataStart, std::uint64_t alignment) {
        std::vector<const GgufTensor*> order;
        for (const GgufTensor& tensor : m_part.m_tensors) {
            order.push_back(&tensor);
        }
        std::ranges::sort(order, {}, &GgufTensor::offsetBytes);
        std::uint64_t end = dataStart;
        for (std::size_t i = 0; i < order.size(); ++i) {
            const GgufTensor& tensor = *order[i];
            if (tensor.offsetBytes < end) {
                failBad("The tensors " + inQuotes(order[i - 1]->name) + " and " + inQuotes(tensor.name) +
                        " share bytes of the file.");
            }
            const std::uint64_t tensorEnd = tensor.offsetBytes + tensor.sizeBytes;
            if (tensorEnd > m_part.m_fileBytes) {
                if (tensor.offsetBytes - end >= alignment) {
                    failBad("The data of the tensor " + inQuotes(tensor.name) +
                            " are neither in the file nor where they would be in a complete one.");
                }
                m_part.m_missingBytes += tensorEnd - std::max(tensor.offsetBytes, m_part.m_fileBytes);
            }
            end = tensorEnd;
        }
    }

    // Reading, with the end of the file in mind.

    std::uint64_t remaining() const { return m_part.m_fileBytes - m_position; }

    [[noreturn]] void failTruncated() const {
        failBad("The file ends inside its " + std::string(m_place) +
                ": it is damaged or has not been downloaded completely.");
    }

    /// Makes `bytes` bytes from the current position present in memory.
    void need(std::uint64_t bytes) {
        if (bytes > remaining()) {
            failTruncated();
        }
        const std::uint64_t end = m_position + bytes;
        std::vector<std::byte>& head = m_part.m_head;
        if (end <= head.size()) {
            return;
        }
        if (end > kMaxHeadBytes) {
            failBad("The file says that its " + std::string(m_place) + " take more than 1 GiB, which no model needs.");
        }
        const std::uint64_t old = head.size();
        const std::uint64_t wanted = std::max(end, old + std::max(old / 2, kReadStepBytes));
        head.resize(std::min(wanted, m_part.m_fileBytes));
        m_part.read(old, std::span(head).subspan(old));
    }

    void skip(std::uint64_t bytes) {
        need(bytes);
        m_position += bytes;
    }

    template <typename T>
    T scalar() {
        T value;
        need(sizeof value);
        std::memcpy(&value, m_part.m_head.data() + m_position, sizeof value);
        m_position += sizeof value;
        return value;
    }

    Slice text() {
        const std::uint64_t size = scalar<std::uint64_t>();
        const Slice slice{m_position, size};
        skip(size);
        return slice;
    }

    std::string_view view(Slice slice) const {
        return {reinterpret_cast<const char*>(m_part.m_head.data()) + slice.offset, slice.size};
    }

    GgufPart& m_part;
    GgufData m_data;
    std::uint64_t m_position = 0;
    std::uint64_t m_tensorCount = 0, m_keyCount = 0;
    std::string_view m_place;
    std::vector<RawEntry> m_entries;
    std::vector<Slice> m_tensorNames;
};

GgufPart GgufPart::open(const std::filesystem::path& path, std::uint32_t partIndex, GgufData data) {
    GgufPart part;
    part.m_descriptor = openRegular(path, part.m_fileBytes);
    GgufHeadParser(part, data).parse(partIndex);
    return part;
}

GgufPart::GgufPart(GgufPart&& other) noexcept {
    *this = std::move(other);
}

GgufPart& GgufPart::operator=(GgufPart&& other) noexcept {
    std::swap(m_descriptor, other.m_descriptor);
    m_fileBytes = other.m_fileBytes;
    m_missingBytes = other.m_missingBytes;
    m_version = other.m_version;
    m_head = std::move(other.m_head);
    m_entries = std::move(other.m_entries);
    m_tensors = std::move(other.m_tensors);
    return *this;
}

GgufPart::~GgufPart() {
    if (m_descriptor >= 0) {
        ::close(m_descriptor);
    }
}

const GgufEntry* GgufPart::find(std::string_view key) const {
    const auto found = std::ranges::lower_bound(m_entries, key, {}, &GgufEntry::key);
    return found != m_entries.end() && found->key == key ? &*found : nullptr;
}

void GgufPart::read(std::uint64_t offsetBytes, std::span<std::byte> out) const {
    assert(offsetBytes <= m_fileBytes && out.size() <= m_fileBytes - offsetBytes);
    while (!out.empty()) {
        const ssize_t got = ::pread(m_descriptor, out.data(), out.size(), static_cast<off_t>(offsetBytes));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            const int code = errno;
            failIo("The model file cannot be read: " + std::generic_category().message(code) + ".", code);
        }
        if (got == 0) {
            throw Error(ErrorKind::io, "The model file has become shorter since it was opened.");
        }
        offsetBytes += static_cast<std::uint64_t>(got);
        out = out.subspan(static_cast<std::size_t>(got));
    }
}

}  // namespace lares::inference

// Typed lookups in a model's metadata.
#include "inference/gguf/gguf_data.h"

#include <cstring>
#include <limits>

namespace lares::inference {

namespace {

[[noreturn]] void failKind(const GgufEntry& entry, std::string_view wanted) {
    std::string is(kindName(entry.kind));
    if (entry.kind == GgufKind::array) {
        is += " of " + std::string(kindName(entry.elementKind));
    }
    throw Error(ErrorKind::badFile, "The metadata value " + inQuotes(entry.key) + " should be " + std::string(wanted) +
                                        ", but is of kind " + is + ".");
}

[[noreturn]] void failMissing(std::string_view key) {
    throw Error(ErrorKind::badFile,
                "The metadata lack the value " + inQuotes(key) + ", which this kind of model needs.");
}

template <typename T>
T load(const std::byte* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

bool isInteger(GgufKind kind) {
    return kind != GgufKind::f32 && kind != GgufKind::f64 && kind != GgufKind::boolean && kind != GgufKind::text &&
           kind != GgufKind::array;
}

/// An integer of any kind; a u64 past the range of i64 comes back negative, so callers look at the kind.
std::int64_t loadInteger(GgufKind kind, const std::byte* from) {
    switch (kind) {
        case GgufKind::u8:
            return load<std::uint8_t>(from);
        case GgufKind::i8:
            return load<std::int8_t>(from);
        case GgufKind::u16:
            return load<std::uint16_t>(from);
        case GgufKind::i16:
            return load<std::int16_t>(from);
        case GgufKind::u32:
            return load<std::uint32_t>(from);
        case GgufKind::i32:
            return load<std::int32_t>(from);
        default:
            return load<std::int64_t>(from);
    }
}

const GgufEntry* findArray(const GgufEntry* entry, std::string_view wanted) {
    if (entry != nullptr && entry->kind != GgufKind::array) {
        failKind(*entry, wanted);
    }
    return entry;
}

}  // namespace

std::uint64_t integerOf(const GgufEntry& entry) {
    if (!isInteger(entry.kind)) {
        failKind(entry, "a whole number");
    }
    const std::int64_t value = loadInteger(entry.kind, entry.value.data());
    if (value < 0 && entry.kind != GgufKind::u64) {
        throw Error(ErrorKind::badFile, "The metadata value " + inQuotes(entry.key) + " is negative (" +
                                            std::to_string(value) + "), which makes no sense.");
    }
    return static_cast<std::uint64_t>(value);
}

bool GgufFile::contains(std::string_view key) const {
    return m_data->entry(key) != nullptr;
}

std::optional<GgufKind> GgufFile::kind(std::string_view key) const {
    const GgufEntry* entry = m_data->entry(key);
    return entry == nullptr ? std::nullopt : std::optional(entry->kind);
}

std::optional<GgufKind> GgufFile::elementKind(std::string_view key) const {
    const GgufEntry* entry = m_data->entry(key);
    return entry == nullptr ? std::nullopt : std::optional(entry->elementKind);
}

std::vector<std::string_view> GgufFile::keys() const {
    std::vector<std::string_view> keys;
    for (const GgufEntry& entry : m_data->parts.front().entries()) {
        keys.push_back(entry.key);
    }
    return keys;
}

std::optional<std::string_view> GgufFile::text(std::string_view key) const {
    const GgufEntry* entry = m_data->entry(key);
    if (entry == nullptr) {
        return std::nullopt;
    }
    if (entry->kind != GgufKind::text) {
        failKind(*entry, "text");
    }
    const auto* begin = reinterpret_cast<const char*>(entry->value.data());
    return std::string_view(begin + 8, entry->value.size() - 8);  // behind its length
}

std::optional<std::uint64_t> GgufFile::integer(std::string_view key) const {
    const GgufEntry* entry = m_data->entry(key);
    return entry == nullptr ? std::nullopt : std::optional(integerOf(*entry));
}

std::optional<std::uint32_t> GgufFile::integer32(std::string_view key) const {
    const std::optional<std::uint64_t> value = integer(key);
    if (value && *value > std::numeric_limits<std::uint32_t>::max()) {
        throw Error(ErrorKind::badFile, "The metadata value " + inQuotes(key) + " is " + std::to_string(*value) +
                                            ", which is more than makes sense.");
    }
    return value ? std::optional(static_cast<std::uint32_t>(*value)) : std::nullopt;
}

std::optional<double> GgufFile::real(std::string_view key) const {
    const GgufEntry* entry = m_data->entry(key);
    if (entry == nullptr) {
        return std::nullopt;
    }
    if (entry->kind == GgufKind::f32) {
        return load<float>(entry->value.data());
    }
    if (entry->kind == GgufKind::f64) {
        return load<double>(entry->value.data());
    }
    if (!isInteger(entry->kind)) {
        failKind(*entry, "a number");
    }
    const std::int64_t value = loadInteger(entry->kind, entry->value.data());
    return entry->kind == GgufKind::u64 ? static_cast<double>(static_cast<std::uint64_t>(value))
                                        : static_cast<double>(value);
}

std::optional<bool> GgufFile::flag(std::string_view key) const {
    const GgufEntry* entry = m_data->entry(key);
    if (entry == nullptr) {
        return std::nullopt;
    }
    if (entry->kind != GgufKind::boolean) {
        failKind(*entry, "yes or no");
    }
    return entry->value.front() != std::byte{0};
}

std::string_view GgufFile::requireText(std::string_view key) const {
    const auto value = text(key);
    if (!value) {
        failMissing(key);
    }
    return *value;
}

std::uint32_t GgufFile::requireInteger32(std::string_view key) const {
    const auto value = integer32(key);
    if (!value) {
        failMissing(key);
    }
    return *value;
}

double GgufFile::requireReal(std::string_view key) const {
    const auto value = real(key);
    if (!value) {
        failMissing(key);
    }
    return *value;
}

std::optional<std::uint64_t> GgufFile::arrayLength(std::string_view key) const {
    const GgufEntry* entry = findArray(m_data->entry(key), "a list");
    return entry == nullptr ? std::nullopt : std::optional(entry->count);
}

std::optional<std::vector<std::string_view>> GgufFile::texts(std::string_view key) const {
    const GgufEntry* entry = findArray(m_data->entry(key), "a list of texts");
    if (entry == nullptr) {
        return std::nullopt;
    }
    if (entry->elementKind != GgufKind::text) {
        failKind(*entry, "a list of texts");
    }
    std::vector<std::string_view> texts(entry->count);
    const std::byte* at = entry->value.data();
    for (std::string_view& text : texts) {
        const auto size = load<std::uint64_t>(at);
        text = {reinterpret_cast<const char*>(at) + 8, size};
        at += 8 + size;
    }
    return texts;
}

std::optional<std::vector<std::int64_t>> GgufFile::integers(std::string_view key) const {
    const GgufEntry* entry = findArray(m_data->entry(key), "a list of whole numbers");
    if (entry == nullptr) {
        return std::nullopt;
    }
    if (!isInteger(entry->elementKind)) {
        failKind(*entry, "a list of whole numbers");
    }
    std::vector<std::int64_t> values(entry->count);
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = loadInteger(entry->elementKind, entry->value.data() + i * kindBytes(entry->elementKind));
        if (entry->elementKind == GgufKind::u64 && values[i] < 0) {
            throw Error(ErrorKind::badFile, "The metadata list " + inQuotes(key) + " has a number beyond all sense.");
        }
    }
    return values;
}

std::optional<std::vector<float>> GgufFile::reals(std::string_view key) const {
    const GgufEntry* entry = findArray(m_data->entry(key), "a list of numbers");
    if (entry == nullptr) {
        return std::nullopt;
    }
    if (entry->elementKind != GgufKind::f32 && entry->elementKind != GgufKind::f64) {
        failKind(*entry, "a list of numbers");
    }
    std::vector<float> values(entry->count);
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = entry->elementKind == GgufKind::f32 ? load<float>(entry->value.data() + i * 4)
                                                        : static_cast<float>(load<double>(entry->value.data() + i * 8));
    }
    return values;
}

}  // namespace lares::inference

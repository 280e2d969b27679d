#include "tests/support/gguf_writer.h"

#include <fstream>
#include <stdexcept>

namespace lares::test {

namespace {

using inference::GgufKind;

template <typename T>
void put(std::string& out, T value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void putText(std::string& out, std::string_view text) {
    put(out, static_cast<std::uint64_t>(text.size()));
    out += text;
}

template <typename T>
std::string bytesOf(T value) {
    std::string out;
    put(out, value);
    return out;
}

template <typename T>
std::string arrayOf(GgufKind elementKind, std::span<const T> values) {
    std::string out = bytesOf(static_cast<std::uint32_t>(elementKind));
    put(out, static_cast<std::uint64_t>(values.size()));
    out.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
    return out;
}

constexpr auto id(GgufKind kind) {
    return static_cast<std::uint32_t>(kind);
}

}  // namespace

void GgufWriter::raw(std::string_view key, std::uint32_t kind, std::string_view bytes) {
    putText(m_metadata, key);
    put(m_metadata, kind);
    m_metadata += bytes;
    ++m_keyCount;
}

void GgufWriter::text(std::string_view key, std::string_view value) {
    std::string bytes;
    putText(bytes, value);
    raw(key, id(GgufKind::text), bytes);
}

void GgufWriter::u32(std::string_view key, std::uint32_t value) {
    raw(key, id(GgufKind::u32), bytesOf(value));
}

void GgufWriter::u64(std::string_view key, std::uint64_t value) {
    raw(key, id(GgufKind::u64), bytesOf(value));
}

void GgufWriter::i32(std::string_view key, std::int32_t value) {
    raw(key, id(GgufKind::i32), bytesOf(value));
}

void GgufWriter::f32(std::string_view key, float value) {
    raw(key, id(GgufKind::f32), bytesOf(value));
}

void GgufWriter::flag(std::string_view key, bool value) {
    raw(key, id(GgufKind::boolean), std::string(1, value ? '\1' : '\0'));
}

void GgufWriter::texts(std::string_view key, std::span<const std::string> values) {
    std::string bytes = bytesOf(id(GgufKind::text));
    put(bytes, static_cast<std::uint64_t>(values.size()));
    for (const std::string& value : values) {
        putText(bytes, value);
    }
    raw(key, id(GgufKind::array), bytes);
}

void GgufWriter::f32s(std::string_view key, std::span<const float> values) {
    raw(key, id(GgufKind::array), arrayOf(GgufKind::f32, values));
}

void GgufWriter::i32s(std::string_view key, std::span<const std::int32_t> values) {
    raw(key, id(GgufKind::array), arrayOf(GgufKind::i32, values));
}

void GgufWriter::tensor(std::string_view name, std::vector<std::uint64_t> shape, std::uint32_t ggmlType,
                        std::vector<std::byte> bytes) {
    const std::uint64_t size = bytes.size();
    m_tensors.push_back({std::string(name), std::move(shape), ggmlType, std::move(bytes), size});
}

void GgufWriter::missingTensor(std::string_view name, std::vector<std::uint64_t> shape, std::uint32_t ggmlType) {
    const inference::GgmlType& type = *inference::ggmlType(ggmlType);
    std::uint64_t elements = 1;
    for (const std::uint64_t extent : shape) {
        elements *= extent;
    }
    m_headOnly = true;
    m_tensors.push_back(
        {std::string(name), std::move(shape), ggmlType, {}, elements / type.blockElements * type.blockBytes});
}

std::string GgufWriter::bytes() const {
    std::string out = "GGUF";
    const bool ownAlignment = alignment != 32;
    put(out, version);
    put(out, static_cast<std::uint64_t>(m_tensors.size()));
    put(out, m_keyCount + (ownAlignment ? 1 : 0));
    out += m_metadata;
    if (ownAlignment) {
        putText(out, "general.alignment");
        put(out, id(GgufKind::u32));
        put(out, alignment);
    }
    const std::uint64_t step = alignment == 0 ? 1 : alignment;
    const auto aligned = [step](std::uint64_t size) { return (size + step - 1) / step * step; };
    std::uint64_t offset = 0;
    for (const Tensor& tensor : m_tensors) {
        putText(out, tensor.name);
        put(out, static_cast<std::uint32_t>(tensor.shape.size()));
        for (const std::uint64_t extent : tensor.shape) {
            put(out, extent);
        }
        put(out, tensor.type);
        put(out, offset);
        offset += aligned(tensor.size);
    }
    if (m_headOnly) {
        return out;
    }
    for (const Tensor& tensor : m_tensors) {
        out.resize(aligned(out.size()), '\0');
        out.append(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
    }
    out.resize(aligned(out.size()), '\0');
    return out;
}

void GgufWriter::save(const std::filesystem::path& path) const {
    const std::string content = bytes();
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
    file.close();
    if (!file) {
        throw std::runtime_error("cannot write " + path.string());
    }
}

}  // namespace lares::test

// The parts of a model taken together: splits, tensor lookup, reading. Metadata lookups are in gguf_metadata.cpp.
#include "inference/gguf/gguf_file.h"

#include "inference/gguf/gguf_data.h"

#include <algorithm>
#include <cassert>
#include <charconv>

namespace lares::inference {

namespace {

/// "NAME-00002-of-00003.gguf" taken apart.
struct SplitName {
    std::string stem;
    std::uint32_t number = 0;  ///< from 1
    std::uint32_t count = 0;

    std::string fileName(std::uint32_t part) const {
        const auto digits = [](std::uint32_t value) {
            const std::string text = std::to_string(value);
            return std::string(text.size() < 5 ? 5 - text.size() : 0, '0') + text;
        };
        return stem + "-" + digits(part) + "-of-" + digits(count) + ".gguf";
    }
};

std::optional<SplitName> parseSplitName(const std::string& name) {
    constexpr std::string_view kTail = "-00001-of-00001.gguf";
    if (name.size() <= kTail.size()) {
        return std::nullopt;
    }
    const std::size_t begin = name.size() - kTail.size();
    SplitName split{.stem = name.substr(0, begin)};
    const auto number = [&](std::size_t offset, std::uint32_t& value) {
        const char* first = name.data() + begin + offset;
        const auto result = std::from_chars(first, first + 5, value);
        return result.ec == std::errc() && result.ptr == first + 5;
    };
    const bool matches = number(1, split.number) && number(10, split.count) && split.fileName(split.number) == name &&
                         split.number >= 1 && split.number <= split.count;
    return matches ? std::optional(split) : std::nullopt;
}

[[noreturn]] void failBad(const std::string& sentence) {
    throw Error(ErrorKind::badFile, sentence);
}

std::uint64_t splitNumber(const GgufPart& part, std::string_view key, const std::string& fileName) {
    const GgufEntry* entry = part.find(key);
    if (entry == nullptr) {
        failBad("The file " + inQuotes(fileName) + " lacks the value " + inQuotes(key) +
                " that a part of a split model has.");
    }
    return integerOf(*entry);
}

/// One part opened and compared with what its name and the first part promise.
GgufPart openPart(const std::filesystem::path& folder, const SplitName& split, std::uint32_t number, GgufData data) {
    const std::string fileName = split.fileName(number);
    const std::filesystem::path path = folder / fileName;
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) {
        throw Error(ErrorKind::io, "Part " + std::to_string(number) + " of " + std::to_string(split.count) +
                                       " of this model is missing: the file " + inQuotes(fileName) + ".");
    }
    GgufPart part = GgufPart::open(path, number - 1, data);
    const std::uint64_t count = splitNumber(part, "split.count", fileName);
    const std::uint64_t index = splitNumber(part, "split.no", fileName);
    if (count != split.count || index != number - 1) {
        failBad("The file " + inQuotes(fileName) + " is part " + std::to_string(index + 1) + " of " +
                std::to_string(count) + " of some model, which is not what its name says.");
    }
    return part;
}

void checkTogether(const std::vector<GgufPart>& parts, const SplitName& split) {
    const GgufEntry* architecture = parts.front().find("general.architecture");
    std::uint64_t tensorCount = 0;
    for (std::uint32_t i = 0; i < parts.size(); ++i) {
        tensorCount += parts[i].tensors().size();
        const GgufEntry* other = parts[i].find("general.architecture");
        if (other != nullptr && (architecture == nullptr || !std::ranges::equal(architecture->value, other->value))) {
            failBad("The file " + inQuotes(split.fileName(i + 1)) + " belongs to another model than the first part.");
        }
    }
    const GgufEntry* promised = parts.front().find("split.tensors.count");
    if (promised != nullptr && integerOf(*promised) != tensorCount) {
        failBad("The parts of this model hold " + std::to_string(tensorCount) + " tensors together, but should hold " +
                std::to_string(integerOf(*promised)) + ": a part may be from another model.");
    }
}

}  // namespace

std::uint64_t GgufTensor::rowBytes() const {
    const GgmlType* known = ggmlType(type);
    assert(known != nullptr && known->blockElements != 0);
    return shape[0] / known->blockElements * known->blockBytes;
}

GgufFile GgufFile::open(const std::filesystem::path& path, GgufData weights) {
    auto data = std::make_unique<Data>();
    data->path = path;
    GgufPart opened = GgufPart::open(path, 0, weights);
    const GgufEntry* countEntry = opened.find("split.count");
    const std::uint64_t count = countEntry == nullptr ? 1 : integerOf(*countEntry);
    if (count <= 1) {
        data->parts.push_back(std::move(opened));
    } else {
        const std::optional<SplitName> split = parseSplitName(path.filename().string());
        if (!split) {
            failBad("This is one of " + std::to_string(count) +
                    " parts of a split model, but its file name does not end in the form -00001-of-0000N.gguf.");
        }
        for (std::uint32_t number = 1; number <= split->count; ++number) {
            data->parts.push_back(openPart(path.parent_path(), *split, number, weights));
        }
        checkTogether(data->parts, *split);
    }
    for (const GgufPart& part : data->parts) {
        data->fileBytes += part.fileBytes();
        data->missingBytes += part.missingBytes();
        data->tensors.insert(data->tensors.end(), part.tensors().begin(), part.tensors().end());
    }
    data->indexTensors();
    return GgufFile(std::move(data));
}

void GgufFile::Data::indexTensors() {
    for (const GgufTensor& tensor : tensors) {
        byName.push_back(&tensor);
    }
    std::ranges::sort(byName, {}, &GgufTensor::name);
    const auto twice = std::ranges::adjacent_find(byName, {}, &GgufTensor::name);
    if (twice != byName.end()) {
        failBad("The tensor " + inQuotes((*twice)->name) + " is there twice.");
    }
}

GgufFile::GgufFile(std::unique_ptr<Data> data) : m_data(std::move(data)) {}
GgufFile::GgufFile(GgufFile&&) noexcept = default;
GgufFile& GgufFile::operator=(GgufFile&&) noexcept = default;
GgufFile::~GgufFile() = default;

const std::filesystem::path& GgufFile::path() const {
    return m_data->path;
}

std::uint32_t GgufFile::version() const {
    return m_data->parts.front().version();
}

std::uint64_t GgufFile::fileBytes() const {
    return m_data->fileBytes;
}

std::uint64_t GgufFile::missingBytes() const {
    return m_data->missingBytes;
}

std::uint32_t GgufFile::partCount() const {
    return static_cast<std::uint32_t>(m_data->parts.size());
}

std::span<const GgufTensor> GgufFile::tensors() const {
    return m_data->tensors;
}

const GgufTensor* GgufFile::find(std::string_view name) const {
    const auto found = std::ranges::lower_bound(m_data->byName, name, {}, &GgufTensor::name);
    return found != m_data->byName.end() && (*found)->name == name ? *found : nullptr;
}

void GgufFile::read(const GgufTensor& tensor, std::uint64_t offsetBytes, std::span<std::byte> out) const {
    assert(offsetBytes <= tensor.sizeBytes && out.size() <= tensor.sizeBytes - offsetBytes);
    const GgufPart& part = m_data->parts[tensor.part];
    if (tensor.offsetBytes + offsetBytes + out.size() > part.fileBytes()) {
        failBad("The file ends before the data of the tensor " + inQuotes(tensor.name) +
                "; it may not have been downloaded completely.");
    }
    part.read(tensor.offsetBytes + offsetBytes, out);
}

std::vector<std::byte> GgufFile::read(const GgufTensor& tensor) const {
    std::vector<std::byte> bytes(tensor.sizeBytes);
    read(tensor, 0, bytes);
    return bytes;
}

}  // namespace lares::inference

#include "inference/gguf/model_info.h"

#include "inference/gguf/safe_text.h"

#include <algorithm>
#include <limits>
#include <map>

namespace lares::inference {

namespace {

/// Lookups that never throw: what is of the wrong kind becomes a warning and counts as absent.
class LenientReader {
 public:
    LenientReader(const GgufFile& file, std::vector<std::string>& warnings) : m_file(file), m_warnings(warnings) {}

    std::string text(const std::string& key) {
        return attempt([&] { return safeText(m_file.text(key).value_or("")); });
    }

    std::uint32_t number(const std::string& key) {
        return attempt([&] { return m_file.integer32(key).value_or(0); });
    }

    /// A number, or the largest of a list with one for each layer.
    std::uint32_t largest(const std::string& key) {
        if (m_file.kind(key) != GgufKind::array) {
            return number(key);
        }
        return attempt([&] {
            const std::vector<std::int64_t> values = m_file.integers(key).value_or(std::vector<std::int64_t>());
            const auto top = values.empty() ? 0 : std::ranges::max(values);
            constexpr std::int64_t kLimit = std::numeric_limits<std::uint32_t>::max();
            return static_cast<std::uint32_t>(std::clamp<std::int64_t>(top, 0, kLimit));
        });
    }

    bool flag(const std::string& key, bool absent) {
        return attempt([&] { return m_file.flag(key).value_or(absent); });
    }

    std::uint64_t length(const std::string& key) {
        return attempt([&] { return m_file.arrayLength(key).value_or(0); });
    }

 private:
    template <typename Read>
    auto attempt(Read read) -> decltype(read()) {
        try {
            return read();
        } catch (const Error& error) {
            m_warnings.emplace_back(error.what());
            return {};
        }
    }

    const GgufFile& m_file;
    std::vector<std::string>& m_warnings;
};

void describeWeights(const GgufFile& file, ModelInfo& info) {
    std::map<std::string_view, std::uint64_t> bytesOf;
    for (const GgufTensor& tensor : file.tensors()) {
        info.parameterCount += tensor.elementCount();
        bytesOf[ggmlType(tensor.type)->name] += tensor.sizeBytes;
    }
    info.tensorTypes.assign(bytesOf.begin(), bytesOf.end());
    std::ranges::stable_sort(info.tensorTypes, std::ranges::greater(), [](const auto& pair) { return pair.second; });
    if (!info.tensorTypes.empty()) {
        info.quantisation = info.tensorTypes.front().first;
    } else {
        info.warnings.emplace_back("The file holds no weights, only a description or a vocabulary.");
    }
    if (file.missingBytes() > 0) {
        info.warnings.push_back("The file is not complete: " + std::to_string(file.missingBytes()) +
                                " bytes of its weights are missing. It cannot be loaded.");
    }
}

void describeTokenizer(const GgufFile& file, LenientReader& read, ModelInfo& info) {
    info.tokenizer = read.text("tokenizer.ggml.model");
    info.tokenizerPre = read.text("tokenizer.ggml.pre");
    const std::uint64_t tokens = read.length("tokenizer.ggml.tokens");
    if (tokens > 0 && tokens <= std::numeric_limits<std::uint32_t>::max()) {
        info.vocabularySize = static_cast<std::uint32_t>(tokens);
    }
    if (info.tokenizer.empty()) {
        info.warnings.emplace_back("The file has no tokenizer.");
    }
    constexpr std::string_view kTemplate = "tokenizer.chat_template";
    info.hasChatTemplate = file.kind(kTemplate) == GgufKind::text;
    if (file.contains(kTemplate) && !info.hasChatTemplate) {
        info.warnings.emplace_back("The file's chat template is not text and is left aside.");
    }
}

void describeKind(LenientReader& read, ModelInfo& info) {
    if (info.architecture.empty()) {
        info.warnings.emplace_back("The file does not say what architecture it has.");
    }
    const std::string kind = read.text("general.type");
    if (kind == "adapter") {
        info.warnings.emplace_back("The file is an adapter (LoRA) for another model, not a model of its own.");
    } else if (kind == "mmproj") {
        info.warnings.emplace_back("The file is the image part of another model, not a model of its own.");
    }
}

}  // namespace

ModelInfo describe(const GgufFile& file) {
    ModelInfo info;
    LenientReader read(file, info.warnings);
    info.path = file.path();
    info.fileBytes = file.fileBytes();
    info.name = read.text("general.name");
    if (info.name.empty()) {
        info.name = safeText(file.path().stem().string());
    }
    info.architecture = read.text("general.architecture");
    info.licence = read.text("general.license");
    if (info.licence.empty()) {
        info.licence = read.text("general.license.name");
    }
    const std::string prefix = info.architecture + ".";
    info.contextLength = read.number(prefix + "context_length");
    info.layerCount = read.number(prefix + "block_count");
    info.embeddingLength = read.number(prefix + "embedding_length");
    info.headCount = read.largest(prefix + "attention.head_count");
    info.headCountKv = read.largest(prefix + "attention.head_count_kv");
    if (info.headCountKv == 0) {
        info.headCountKv = info.headCount;
    }
    info.feedForwardLength = read.largest(prefix + "feed_forward_length");
    info.vocabularySize = read.number(prefix + "vocab_size");
    info.embeds = read.number(prefix + "pooling_type") != 0 || !read.flag(prefix + "attention.causal", true);
    describeKind(read, info);
    describeTokenizer(file, read, info);
    describeWeights(file, info);
    return info;
}

}  // namespace lares::inference

#include "tests/support/tiny_model.h"

#include "inference/models/architecture.h"

#include <cmath>

namespace lares::test {

namespace {

constexpr std::uint32_t kF32 = 0;

void addMetadata(GgufWriter& writer, const TinyModelOptions& o) {
    const std::string p = o.architecture + ".";
    writer.text("general.architecture", o.architecture);
    writer.text("general.name", "Tiny " + o.architecture);
    writer.u32(p + "context_length", o.contextLength);
    writer.u32(p + "embedding_length", o.embedding);
    writer.u32(p + "block_count", o.layers);
    writer.u32(p + "feed_forward_length", o.feedForward);
    writer.u32(p + "attention.head_count", o.heads);
    writer.u32(p + "attention.head_count_kv", o.headsKv);
    if (o.headSize != 0) writer.u32(p + "attention.key_length", o.headSize);
    if (o.headSize != 0) writer.u32(p + "attention.value_length", o.headSize);
    if (o.rotated != 0) writer.u32(p + "rope.dimension_count", o.rotated);
    writer.f32(p + "attention.layer_norm_rms_epsilon", 1e-5f);
    writer.f32(p + "attention.layer_norm_epsilon", 1e-5f);
    for (const auto& [key, value] : o.keys) {
        if (const auto* number = std::get_if<std::uint32_t>(&value)) writer.u32(p + key, *number);
        if (const auto* number = std::get_if<float>(&value)) writer.f32(p + key, *number);
        if (const auto* flag = std::get_if<bool>(&value)) writer.flag(p + key, *flag);
        if (const auto* text = std::get_if<std::string>(&value)) writer.text(p + key, *text);
    }
    addToyVocabulary(writer, ToyVocabulary::bpe, o.vocabulary);
}

/// FNV-1a, so that a tensor's values depend on its name and not on when it was asked for.
std::uint64_t hash(const std::string& text) {
    std::uint64_t value = 14695981039346656037u;
    for (const char c : text) value = (value ^ static_cast<std::uint8_t>(c)) * 1099511628211u;
    return value;
}

bool contains(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

/// Norms around 1, rope factors of 1 to 8, small biases, matrices that keep the size of activations.
void addTensor(GgufWriter& writer, const TinyModelOptions& o, const std::string& name,
               const std::vector<std::uint64_t>& shape) {
    std::uint64_t elements = 1;
    for (const std::uint64_t size : shape) elements *= size;
    const bool norm = contains(name, "norm.weight"), factors = contains(name, "rope_");
    const bool matrix = shape.size() > 1 && !norm && !name.ends_with(".bias");
    const std::uint32_t type = matrix && !contains(name, "position_embd") ? o.type : kF32;
    float amplitude = matrix ? std::sqrt(3.0f / static_cast<float>(shape[0])) : 0.3f;
    if (contains(name, "_embd")) amplitude = 1;
    if (factors) amplitude = 3.5f;
    std::vector<std::byte> bytes = randomBlocks(type, elements, amplitude, o.seed * 1000003 + hash(name));
    if (norm || factors) {
        auto* values = reinterpret_cast<float*>(bytes.data());
        for (std::uint64_t i = 0; i < elements; ++i) values[i] += norm ? 1.0f : 4.5f;
    }
    writer.tensor(name, shape, type, std::move(bytes));
}

}  // namespace

void writeTinyModel(const std::filesystem::path& path, const TinyModelOptions& options) {
    const std::uint64_t headSize = options.headSize != 0 ? options.headSize : options.embedding / options.heads;
    GgufWriter writer;
    addMetadata(writer, options);
    // What every decoder has: a file without tensors would be refused before it is asked for any.
    addTensor(writer, options, "token_embd.weight", {options.embedding, options.vocabulary});
    for (std::uint32_t layer = 0; layer < options.layers; ++layer) {
        const std::string block = "blk." + std::to_string(layer) + ".";
        addTensor(writer, options, block + "attn_output.weight", {options.heads * headSize, options.embedding});
        for (const TinyModelOptions::Tensor& tensor : options.tensors) {
            if (tensor.name.starts_with("blk.*.")) {
                addTensor(writer, options, block + tensor.name.substr(6), tensor.shape);
            }
        }
    }
    for (const TinyModelOptions::Tensor& tensor : options.tensors) {
        if (!tensor.name.starts_with("blk.*.")) addTensor(writer, options, tensor.name, tensor.shape);
    }
    for (;;) {
        writer.save(path);
        try {
            inference::defineModel(std::make_shared<const inference::GgufFile>(inference::GgufFile::open(path)));
            return;
        } catch (const inference::MissingTensor& missing) {
            addTensor(writer, options, missing.name(), missing.shape());
        }
    }
}

}  // namespace lares::test

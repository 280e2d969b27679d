#include "inference/models/architecture.h"

#include "inference/gguf/safe_text.h"

#include <cmath>
#include <utility>

namespace lares::inference {

namespace {

/// Far above every model there is, far below what would overflow a shape computed from it.
constexpr std::uint32_t kMaxWidth = 1u << 20;
constexpr std::uint32_t kMaxContext = 1u << 24;

[[noreturn]] void refuse(const std::string& sentence) {
    throw Error(ErrorKind::badFile, sentence);
}

/// Reads the values under "<architecture>." and names the key in every complaint.
class Keys {
 public:
    explicit Keys(const GgufFile& file)
        : m_file(file), m_prefix(std::string(file.requireText("general.architecture")) + ".") {}

    std::string name(const std::string& key) const { return m_prefix + key; }

    /// A whole number of `least` to `most`.
    std::uint32_t count(const std::string& key, std::uint32_t least, std::uint32_t most) const {
        return checked(key, value(key), least, most);
    }
    std::uint32_t count(const std::string& key, std::uint32_t least, std::uint32_t most, std::uint32_t absent) const {
        return m_file.contains(name(key)) ? count(key, least, most) : absent;
    }
    /// A finite number above zero.
    float positive(const std::string& key, std::optional<double> absent = std::nullopt) const {
        const double number = m_file.contains(name(key)) || !absent ? m_file.requireReal(name(key)) : *absent;
        const float narrow = static_cast<float>(number);
        if (!std::isfinite(narrow) || narrow <= 0) {
            refuse("The model file is damaged: " + name(key) + " is " + std::to_string(number) +
                   ", but must be a finite number above zero.");
        }
        return narrow;
    }
    std::string text(const std::string& key) const { return std::string(m_file.text(name(key)).value_or("")); }
    bool contains(const std::string& key) const { return m_file.contains(name(key)); }

 private:
    /// Some converters write one number per layer; a list of equal numbers is that number.
    std::uint64_t value(const std::string& key) const {
        if (m_file.kind(name(key)) != GgufKind::array) return m_file.requireInteger32(name(key));
        const auto list = m_file.integers(name(key)).value_or(std::vector<std::int64_t>{});
        if (list.empty()) refuse("The model file is damaged: " + name(key) + " is an empty list.");
        for (const std::int64_t other : list) {
            if (other != list.front()) {
                throw Error(ErrorKind::unsupported, "This model's layers differ from each other (" + name(key) +
                                                        " is a list), which Lares does not support.");
            }
        }
        if (list.front() < 0) refuse("The model file is damaged: " + name(key) + " is negative.");
        return static_cast<std::uint64_t>(list.front());
    }

    std::uint32_t checked(const std::string& key, std::uint64_t number, std::uint32_t least, std::uint32_t most) const {
        if (number < least || number > most) {
            refuse("The model file is damaged: " + name(key) + " is " + std::to_string(number) + ", but must be " +
                   std::to_string(least) + " to " + std::to_string(most) + ".");
        }
        return static_cast<std::uint32_t>(number);
    }

    const GgufFile& m_file;
    std::string m_prefix;
};

void readAttention(const Keys& keys, HyperParameters& p) {
    p.headCount = keys.count("attention.head_count", 1, kMaxWidth);
    p.headCountKv = keys.count("attention.head_count_kv", 1, p.headCount, p.headCount);
    if (p.headCount % p.headCountKv != 0) {
        refuse("The model file is damaged: " + std::to_string(p.headCount) + " attention heads cannot share " +
               std::to_string(p.headCountKv) + " key/value heads evenly.");
    }
    if (!keys.contains("attention.key_length") && p.embeddingLength % p.headCount != 0) {
        refuse("The model file is damaged: an embedding of " + std::to_string(p.embeddingLength) +
               " numbers cannot be split over " + std::to_string(p.headCount) + " attention heads.");
    }
    const std::uint32_t evenShare = p.embeddingLength / p.headCount;
    p.headSize = keys.count("attention.key_length", 1, kMaxWidth / p.headCount, evenShare);
    if (keys.count("attention.value_length", 1, kMaxWidth, evenShare) != p.headSize) {
        throw Error(ErrorKind::unsupported,
                    "This model's keys and values have different lengths, which Lares does not support.");
    }
    p.attentionScale = keys.positive("attention.scale", 1.0 / std::sqrt(static_cast<double>(p.headSize)));
}

void readRope(const Keys& keys, HyperParameters& p) {
    p.rope.rotated = keys.count("rope.dimension_count", 2, p.headSize, p.headSize);
    if (p.rope.rotated % 2 != 0) {
        refuse("The model file is damaged: " + keys.name("rope.dimension_count") + " is odd (" +
               std::to_string(p.rope.rotated) + "), but positions turn pairs of numbers.");
    }
    p.rope.base = keys.positive("rope.freq_base", 10000.0);
    const std::string scaling = keys.text("rope.scaling.type");
    if (scaling == "linear") {
        p.rope.scale = 1.0f / keys.positive("rope.scaling.factor");
    } else if (scaling.empty() && keys.contains("rope.scale_linear")) {
        p.rope.scale = 1.0f / keys.positive("rope.scale_linear");
    } else if (!scaling.empty() && scaling != "none") {
        throw Error(ErrorKind::unsupported, "This model stretches its positions by \"" + safeText(scaling, 40) +
                                                "\", which Lares does not support; it knows \"linear\".");
    }
}

}  // namespace

HyperParameters readHyperParameters(const GgufFile& file) {
    const Keys keys(file);
    HyperParameters p;
    p.contextLength = keys.count("context_length", 1, kMaxContext);
    p.embeddingLength = keys.count("embedding_length", 1, kMaxWidth);
    // A layer has at least one tensor, so a count past the tensors present is a lie and is not believed.
    p.layerCount = keys.count("block_count", 1, static_cast<std::uint32_t>(file.tensors().size()));
    if (keys.count("expert_count", 0, kMaxWidth, 0) > 0) {
        throw Error(ErrorKind::unsupported, "This model is a mixture of experts, which Lares does not support yet.");
    }
    p.feedForwardLength = keys.count("feed_forward_length", 1, kMaxWidth);
    readAttention(keys, p);
    readRope(keys, p);
    p.normEpsilon = keys.positive("attention.layer_norm_rms_epsilon");

    const auto tokens = file.arrayLength("tokenizer.ggml.tokens");
    if (!tokens || *tokens == 0 || *tokens > kMaxWidth * 8ull) {
        refuse("The model file has no usable vocabulary (tokenizer.ggml.tokens).");
    }
    p.vocabularySize = static_cast<std::uint32_t>(*tokens);
    return p;
}

ModelDefinition defineModel(const SharedGguf& file) {
    const std::string name(file->requireText("general.architecture"));
    std::string known;
    for (const Architecture& architecture : architectures()) {
        if (name == architecture.name) return architecture.define(file);
        known += known.empty() ? "" : ", ";
        known += architecture.name;
    }
    throw Error(ErrorKind::unsupported, "This model's architecture is \"" + safeText(name, 60) +
                                            "\", which Lares does not know. It knows: " + known + ".");
}

WeightId WeightTable::matrix(const std::string& name, std::uint32_t rows, std::uint32_t columns) {
    const WeightId id = optionalMatrix(name, rows, columns);
    if (id == kNoWeight) refuse("The model file is incomplete: the tensor " + name + " is missing.");
    return id;
}

WeightId WeightTable::vector(const std::string& name, std::uint32_t length) {
    const WeightId id = optionalVector(name, length);
    if (id == kNoWeight) refuse("The model file is incomplete: the tensor " + name + " is missing.");
    return id;
}

WeightId WeightTable::optionalMatrix(const std::string& name, std::uint32_t rows, std::uint32_t columns) {
    const GgufTensor* tensor = m_file->find(name);
    return tensor ? append(*tensor, WeightShape::matrix, rows, columns) : kNoWeight;
}

WeightId WeightTable::optionalVector(const std::string& name, std::uint32_t length) {
    const GgufTensor* tensor = m_file->find(name);
    return tensor ? append(*tensor, WeightShape::vector, 1, length) : kNoWeight;
}

WeightId WeightTable::append(const GgufTensor& tensor, WeightShape shape, std::uint32_t rows, std::uint32_t columns) {
    const std::string name(tensor.name);
    if (tensor.shape != std::array<std::uint64_t, 4>{columns, rows, 1, 1}) {
        std::string found = std::to_string(tensor.shape[0]);
        for (std::uint32_t i = 1; i < tensor.dimensions; ++i) found += " x " + std::to_string(tensor.shape[i]);
        const std::string wanted =
            std::to_string(columns) + (shape == WeightShape::matrix ? " x " + std::to_string(rows) : "");
        refuse("The model file is damaged: the shape of " + name + " is " + found +
               ", but by the model's metadata it must be " + wanted + ".");
    }
    const vulkan::Format* format = vulkan::formatByType(tensor.type);
    if (!format) {
        const GgmlType* type = ggmlType(tensor.type);
        throw Error(ErrorKind::unsupported, "The tensor " + name + " is of type " +
                                                std::string(type ? type->name : "?") +
                                                ", which Lares cannot compute with yet.");
    }
    m_weights.push_back({name, shape, format, rows, columns, tensor.sizeBytes,
                         [file = m_file, source = &tensor](std::uint64_t offsetBytes, std::span<std::byte> out) {
                             file->read(*source, offsetBytes, out);
                         }});
    return static_cast<WeightId>(m_weights.size() - 1);
}

}  // namespace lares::inference

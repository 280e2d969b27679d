#include "inference/models/architecture.h"

#include "inference/gguf/safe_text.h"
#include "vulkan/kernels/route/route.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace lares::inference {

namespace {

/// Far above every model there is, far below what would overflow a shape computed from it.
constexpr std::uint32_t kMaxWidth = 1u << 20;
constexpr std::uint32_t kMaxContext = 1u << 24;
constexpr std::uint64_t kMaxExpertRows = std::uint64_t{1} << 30;  // shaders count them in signed words

[[noreturn]] void refuse(const std::string& sentence) {
    throw Error(ErrorKind::badFile, sentence);
}

std::string shapeText(std::span<const std::uint64_t> shape) {
    std::string text;
    for (const std::uint64_t size : shape) text += (text.empty() ? "" : " x ") + std::to_string(size);
    return text;
}

/// The matrices of experts, of equal size, one under the other.
WeightSource joinExperts(std::vector<WeightSource> parts) {
    WeightSource all = parts.front();
    for (const WeightSource& part : parts) {
        if (part.format != all.format) {
            throw Error(ErrorKind::unsupported, "The weights of this model's experts are of different types (" +
                                                    all.name + " and " + part.name +
                                                    "), which Lares does not support.");
        }
    }
    const std::uint64_t size = all.sizeBytes;
    all.experts = static_cast<std::uint32_t>(parts.size());
    all.rows *= all.experts;
    all.sizeBytes *= all.experts;
    all.read = [parts = std::move(parts), size](std::uint64_t offsetBytes, std::span<std::byte> out) {
        while (!out.empty()) {
            const std::uint64_t inside = offsetBytes % size;
            const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size - inside));
            parts.at(offsetBytes / size).read(inside, out.first(count));
            offsetBytes += count;
            out = out.subspan(count);
        }
    };
    return all;
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
    /// The same, or 0 where it is 0 or absent.
    float positiveOrZero(const std::string& key) const {
        const std::string whole = name(key);
        return m_file.contains(whole) && m_file.requireReal(whole) != 0 ? positive(key) : 0.0f;
    }
    std::string text(const std::string& key) const { return std::string(m_file.text(name(key)).value_or("")); }
    bool flag(const std::string& key, bool absent) const { return m_file.flag(name(key)).value_or(absent); }
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
    const float scale = keys.positiveOrZero("attention.scale");
    p.attentionScale = scale != 0 ? scale : static_cast<float>(1.0 / std::sqrt(static_cast<double>(p.headSize)));
    p.attentionSoftCap = keys.positiveOrZero("attn_logit_softcapping");
    p.slidingWindow = keys.count("attention.sliding_window", 0, ~std::uint32_t{0}, 0);
}

/// "linear" slows all turns down by a factor. "yarn" does so with those pairs that turn less than once over the context
/// the model was first trained for, and leaves those alone that turn more than 32 times. "longrope" has a factor for
/// each pair in a tensor of its own, one set for contexts up to the original and one for longer ones.
void readRopeScaling(const Keys& keys, HyperParameters& p) {
    RopeShape& rope = p.rope;
    const float given = keys.positiveOrZero("rope.scaling.factor");
    const float factor = given != 0 ? given : keys.positiveOrZero("rope.scale_linear");
    std::string type = keys.text("rope.scaling.type");
    if (type.empty()) type = factor != 0 ? "linear" : "none";
    rope.magnitude = keys.positive("rope.scaling.attn_factor", 1.0);
    rope.originalContext = keys.count("rope.scaling.original_context_length", 1, kMaxContext, p.contextLength);
    if (type == "none") return;
    if (type != "linear" && type != "yarn" && type != "longrope") {
        throw Error(ErrorKind::unsupported,
                    "This model stretches its positions by \"" + safeText(type, 40) +
                        "\", which Lares does not support; it knows \"linear\", \"yarn\" and \"longrope\".");
    }
    if (factor == 0 && type != "longrope") {
        refuse("The model file is damaged: " + keys.name("rope.scaling.type") + " is \"" + type + "\", but " +
               keys.name("rope.scaling.factor") + " is missing.");
    }
    if (factor != 0) rope.scale = 1.0f / factor;
    if (type != "yarn") return;
    if (rope.base <= 1) {
        refuse("The model file is damaged: " + keys.name("rope.freq_base") + " must be above 1 for \"yarn\".");
    }
    rope.unscaledUntil = static_cast<float>(std::max(0.0, std::floor(pairOfTurns(rope, 32))));
    rope.scaledFrom = static_cast<float>(std::min(rope.rotated - 1.0, std::ceil(pairOfTurns(rope, 1))));
    rope.magnitude *= static_cast<float>(1 + 0.1 * std::log(static_cast<double>(factor)));
}

void readRope(const Keys& keys, HyperParameters& p) {
    p.rope.rotated = keys.count("rope.dimension_count", 2, p.headSize, p.headSize);
    if (p.rope.rotated % 2 != 0) {
        refuse("The model file is damaged: " + keys.name("rope.dimension_count") + " is odd (" +
               std::to_string(p.rope.rotated) + "), but positions turn pairs of numbers.");
    }
    p.rope.base = keys.positive("rope.freq_base", 10000.0);
    p.windowedRopeBase = keys.positiveOrZero("rope.freq_base_swa");
    readRopeScaling(keys, p);
}

Pooling readPooling(const Keys& keys) {
    constexpr std::array kKinds{Pooling::none, Pooling::mean, Pooling::first, Pooling::last};
    constexpr std::uint32_t kRank = kKinds.size();
    const std::uint32_t kind = keys.count("pooling_type", 0, kRank, 0);
    if (kind == kRank) {
        throw Error(ErrorKind::unsupported,
                    "This model ranks texts by how well they answer a question, which Lares does not support.");
    }
    return kKinds[kind];
}

/// What no operation computes, and what would silently give other results if it were left out.
void refuseTheUnknown(const Keys& keys) {
    for (const char* key : {"attention.clamp_kqv", "attention.max_alibi_bias", "rope.scaling.yarn_log_multiplier"}) {
        if (keys.positiveOrZero(key) != 0) {
            throw Error(ErrorKind::unsupported,
                        "This model sets " + keys.name(key) + ", which Lares does not support.");
        }
    }
}

float readNormEpsilon(const Keys& keys, NormKind norm) {
    const char *own = "attention.layer_norm_epsilon", *other = "attention.layer_norm_rms_epsilon";
    if (norm == NormKind::rms) std::swap(own, other);
    return keys.positive(keys.contains(other) && !keys.contains(own) ? other : own);
}

void readExperts(const Keys& keys, HyperParameters& p) {
    ExpertParameters& experts = p.experts;
    experts.count = keys.count("expert_count", 0, vulkan::kMaxExperts, 0);
    if (experts.count == 0) return;
    experts.used = keys.count("expert_used_count", 1, experts.count);
    experts.length = keys.count("expert_feed_forward_length", 1, kMaxWidth, 0);
    experts.sharedLength = keys.count("expert_shared_feed_forward_length", 0, kMaxWidth, 0);
    experts.weightScale = keys.positive("expert_weights_scale", 1.0);
    const std::uint32_t gating = keys.count("expert_gating_func", 0, 255, 0);  // 0: not said, 1: softmax, 2: sigmoid
    if (gating > 2) {
        throw Error(ErrorKind::unsupported, "This model weighs its experts in a way that Lares does not know (" +
                                                keys.name("expert_gating_func") + " is " + std::to_string(gating) +
                                                ").");
    }
    experts.gating = gating == 2 ? Gating::sigmoid : Gating::softmax;
}

}  // namespace

double pairOfTurns(const RopeShape& rope, double turns) {
    return rope.rotated * std::log(rope.originalContext / (turns * 2 * std::numbers::pi)) /
           (2 * std::log(static_cast<double>(rope.base)));
}

HyperParameters readHyperParameters(const GgufFile& file, NormKind norm) {
    const Keys keys(file);
    HyperParameters p;
    p.contextLength = keys.count("context_length", 1, kMaxContext);
    p.embeddingLength = keys.count("embedding_length", 1, kMaxWidth);
    // A layer has at least one tensor, so a count past the tensors present is a lie and is not believed.
    p.layerCount = keys.count("block_count", 1, static_cast<std::uint32_t>(file.tensors().size()));
    p.feedForwardLength = keys.count("feed_forward_length", 1, kMaxWidth);
    readExperts(keys, p);
    readAttention(keys, p);
    readRope(keys, p);
    p.normEpsilon = readNormEpsilon(keys, norm);
    p.embeddingScale = keys.positive("embedding_scale", 1.0);
    p.residualScale = keys.positive("residual_scale", 1.0);
    p.logitScale = keys.positive("logit_scale", 1.0);
    p.logitSoftCap = keys.positiveOrZero("final_logit_softcapping");
    p.pooling = readPooling(keys);
    p.causal = keys.flag("attention.causal", true);
    refuseTheUnknown(keys);

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

void addWhatIsUnsupported(const SharedGguf& file, ModelInfo& info) {
    if (info.architecture.empty() || info.tensorTypes.empty()) return;  // described as no model already
    try {
        defineModel(file);
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::unsupported) info.warnings.emplace_back(error.what());
    }
}

MissingTensor::MissingTensor(std::string name, std::vector<std::uint64_t> shape)
    : Error(ErrorKind::badFile, "The model file is incomplete: the tensor " + name + " is missing."),
      m_name(std::move(name)),
      m_shape(std::move(shape)) {}

WeightSource weightSource(const SharedGguf& file, const GgufTensor& tensor, WeightShape shape, Part rows,
                          std::uint32_t columns) {
    const std::string name = safeText(tensor.name, 60);
    const vulkan::Format* format = vulkan::formatByType(tensor.type);
    if (!format) {
        const GgmlType* type = ggmlType(tensor.type);
        throw Error(ErrorKind::unsupported, "The tensor " + name + " is of type " +
                                                std::string(type ? type->name : "?") +
                                                ", which Lares cannot compute with yet.");
    }
    const std::uint64_t firstElement = std::uint64_t{rows.first} * columns;
    const std::uint64_t elements = std::uint64_t{rows.count} * columns;
    if (firstElement % format->blockElements != 0 || elements % format->blockElements != 0) {
        throw Error(ErrorKind::unsupported, "The tensor " + name + " is quantised across the parts it is made of.");
    }
    const std::uint64_t offset = firstElement / format->blockElements * format->blockBytes;
    const bool matrix = shape == WeightShape::matrix;
    return {std::string(tensor.name),
            shape,
            format,
            matrix ? rows.first : 0,
            matrix ? rows.count : 1,
            matrix ? columns : rows.count,
            elements / format->blockElements * format->blockBytes,
            [file, source = &tensor, offset](std::uint64_t inside, std::span<std::byte> out) {
                file->read(*source, offset + inside, out);
            }};
}

/// What is asked for: its shape in the file, and what becomes of it.
struct WeightTable::Request {
    std::string name;
    std::vector<std::uint64_t> fileShape;
    WeightShape shape;
    Part rows;  ///< of a vector: its numbers
    std::uint32_t columns;

    static Request matrix(const std::string& name, Part rows, std::uint32_t columns) {
        return {name, {columns, rows.whole}, WeightShape::matrix, rows, columns};
    }
    static Request vector(const std::string& name, Part part) {
        return {name, {part.whole}, WeightShape::vector, part, 1};
    }
};

WeightId WeightTable::matrix(const std::string& name, std::uint32_t rows, std::uint32_t columns) {
    return matrix(name, Part{0, rows, rows}, columns);
}

WeightId WeightTable::vector(const std::string& name, std::uint32_t length) {
    return vector(name, Part{0, length, length});
}

WeightId WeightTable::matrix(const std::string& name, Part rows, std::uint32_t columns) {
    return require(Request::matrix(name, rows, columns));
}

WeightId WeightTable::vector(const std::string& name, Part part) {
    return require(Request::vector(name, part));
}

WeightId WeightTable::vectors(const std::string& name, std::uint32_t count, std::uint32_t length) {
    const Part all{0, count * length, count * length};
    return require({name, {length, count}, WeightShape::vector, all, 1});
}

WeightId WeightTable::firstVector(const std::string& name, std::uint32_t length) {
    const GgufTensor* tensor = m_file->find(name);
    const std::uint64_t count = tensor ? tensor->shape[1] : 1;
    return require({name, {length, count}, WeightShape::vector, Part{0, length, length}, 1});
}

WeightId WeightTable::constants(const std::string& name, std::vector<float> numbers) {
    const auto columns = static_cast<std::uint32_t>(numbers.size());
    m_weights.push_back(
        {name, WeightShape::vector, vulkan::formatByName("F32"), 0, 1, columns, std::uint64_t{columns} * sizeof(float),
         [numbers = std::move(numbers)](std::uint64_t offsetBytes, std::span<std::byte> out) {
             std::ranges::copy(std::as_bytes(std::span(numbers)).subspan(offsetBytes, out.size()), out.begin());
         }});
    return static_cast<WeightId>(m_weights.size() - 1);
}

void WeightTable::leaveOut(const std::string& name) {
    if (const GgufTensor* tensor = m_file->find(name)) m_known.insert(tensor->name);
}

WeightId WeightTable::optionalMatrix(const std::string& name, std::uint32_t rows, std::uint32_t columns) {
    return contains(name) ? matrix(name, rows, columns) : kNoWeight;
}

WeightId WeightTable::optionalVector(const std::string& name, std::uint32_t length) {
    return contains(name) ? vector(name, length) : kNoWeight;
}

WeightId WeightTable::expertMatrices(const std::string& name, std::uint32_t experts, std::uint32_t rows,
                                     std::uint32_t columns) {
    if (std::uint64_t{experts} * rows > kMaxExpertRows) {
        throw Error(ErrorKind::unsupported, "The matrices of this model's experts are too large for Lares (" + name +
                                                ": " + std::to_string(experts) + " times " + std::to_string(rows) +
                                                " rows).");
    }
    const auto part = [&](std::uint32_t expert) { return name + "." + std::to_string(expert) + ".weight"; };
    if (!contains(part(0))) {
        const Part all{0, experts * rows, experts * rows};
        const WeightId id =
            require({name + "_exps.weight", {columns, rows, experts}, WeightShape::matrix, all, columns});
        m_weights[id].experts = experts;
        return id;
    }
    const WeightId first = matrix(part(0), rows, columns);
    for (std::uint32_t expert = 1; expert < experts; ++expert) matrix(part(expert), rows, columns);
    std::vector<WeightSource> parts(m_weights.begin() + first, m_weights.end());
    m_weights.resize(first);
    m_weights.push_back(joinExperts(std::move(parts)));
    return first;
}

WeightId WeightTable::require(const Request& request) {
    const GgufTensor* tensor = m_file->find(request.name);
    if (!tensor) throw MissingTensor(request.name, request.fileShape);
    return append(*tensor, request);
}

WeightId WeightTable::append(const GgufTensor& tensor, const Request& request) {
    std::array<std::uint64_t, 4> wanted{1, 1, 1, 1};
    std::ranges::copy(request.fileShape, wanted.begin());
    if (tensor.shape != wanted) {
        refuse("The model file is damaged: the shape of " + request.name + " is " +
               shapeText(std::span(tensor.shape).first(tensor.dimensions)) +
               ", but by the model's metadata it must be " + shapeText(request.fileShape) + ".");
    }
    m_weights.push_back(weightSource(m_file, tensor, request.shape, request.rows, request.columns));
    m_known.insert(tensor.name);
    return static_cast<WeightId>(m_weights.size() - 1);
}

void WeightTable::keepTogether(std::initializer_list<WeightId> matrices) {
    ++m_families;
    std::uint32_t place = 0;
    for (const WeightId matrix : matrices) {
        m_weights[matrix].family = m_families;
        m_weights[matrix].placeInFamily = place++;
    }
}

std::vector<WeightSource> WeightTable::take() {
    for (const GgufTensor& tensor : m_file->tensors()) {
        if (!m_known.contains(tensor.name)) {
            throw Error(ErrorKind::unsupported, "The model file has a tensor \"" +
                                                    safeText(std::string(tensor.name), 60) +
                                                    "\", and Lares does not know what it is for in this architecture.");
        }
    }
    return std::move(m_weights);
}

}  // namespace lares::inference

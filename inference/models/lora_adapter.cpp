#include "inference/models/lora_adapter.h"

#include "inference/gguf/safe_text.h"
#include "inference/program/low_rank.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace lares::inference {

namespace {

constexpr std::string_view kDownSuffix = ".lora_a", kUpSuffix = ".lora_b";

/// The two tensors that change one of the model's.
struct Pair {
    const GgufTensor* down = nullptr;
    const GgufTensor* up = nullptr;
};

/// One of the model's matrices as it lies in its file: the weights that are its rows, in any order.
struct Target {
    std::vector<WeightId> parts;
    std::uint32_t rows = 0;
    std::uint32_t columns = 0;
    MatrixUse use = MatrixUse::other;
};

using Targets = std::map<std::string, Target, std::less<>>;

Targets targetsOf(const ModelDefinition& base) {
    const Program program = base.program(1, 1);
    Targets targets;
    for (WeightId id = 0; id < base.weights.size(); ++id) {
        const WeightSource& weight = base.weights[id];
        Target& target = targets[weight.name];
        target.parts.push_back(id);
        target.rows = std::max(target.rows, weight.firstRow + weight.rows);
        target.columns = weight.columns;
        if (weight.shape == WeightShape::matrix) target.use = matrixUse(program, id);
    }
    return targets;
}

/// Reads one file and appends what it changes.
class AdapterReader {
 public:
    AdapterReader(const LoraAdapter& adapter, const Targets& targets, ModelDefinition& model,
                  std::vector<LowRankChange>& changes)
        : m_adapter(adapter), m_targets(targets), m_model(model), m_changes(changes) {}

    void read(std::string_view architecture) {
        if (!std::isfinite(m_adapter.scale)) refuse(ErrorKind::badRequest, "cannot be used with a scale of that size.");
        checkKind(architecture);
        const float alpha = readAlpha();
        for (const auto& [name, pair] : pairs()) {
            const auto found = m_targets.find(name);
            if (found == m_targets.end()) {
                refuse(ErrorKind::badRequest, "was made for another model: it changes " + safeText(name, 60) +
                                                  ", which the loaded model does not have.");
            }
            append(name, pair, found->second, alpha);
        }
    }

 private:
    [[noreturn]] void refuse(ErrorKind kind, const std::string& why) const {
        throw Error(kind, "The adapter " + inQuotes(file().path().filename().string()) + " " + why);
    }
    const GgufFile& file() const { return *m_adapter.file; }
    std::string text(std::string_view key) const { return std::string(file().text(key).value_or("")); }

    void checkKind(std::string_view architecture) const {
        if (text("general.type") != "adapter")
            refuse(ErrorKind::badFile, "is no adapter: its general.type is another.");
        const std::string type = text("adapter.type"), madeFor = text("general.architecture");
        if (type != "lora") {
            refuse(ErrorKind::unsupported, "is of the type " + inQuotes(type) + "; Lares knows \"lora\" alone.");
        }
        if (madeFor != architecture) {
            refuse(ErrorKind::badRequest, "was made for models of the architecture " + inQuotes(madeFor) +
                                              ", but the loaded model is of " + inQuotes(architecture) + ".");
        }
        if (file().contains("adapter.alora.invocation_tokens")) {
            refuse(ErrorKind::unsupported, "begins to work in the middle of a text, which Lares does not support.");
        }
        if (file().tensors().empty()) refuse(ErrorKind::badFile, "is empty: it changes nothing.");
    }

    float readAlpha() const {
        const auto alpha = static_cast<float>(file().real("adapter.lora.alpha").value_or(0));
        if (!std::isfinite(alpha)) refuse(ErrorKind::badFile, "is damaged: adapter.lora.alpha is not a finite number.");
        return alpha;
    }

    std::map<std::string, Pair> pairs() const {
        std::map<std::string, Pair> pairs;
        for (const GgufTensor& tensor : file().tensors()) {
            const bool isDown = tensor.name.ends_with(kDownSuffix);
            if (!isDown && !tensor.name.ends_with(kUpSuffix)) {
                refuse(ErrorKind::unsupported, "has a tensor " + inQuotes(tensor.name) +
                                                   ", and Lares knows only pairs of \"lora_a\" and \"lora_b\".");
            }
            Pair& pair = pairs[std::string(tensor.name.substr(0, tensor.name.size() - kDownSuffix.size()))];
            (isDown ? pair.down : pair.up) = &tensor;
        }
        for (const auto& [name, pair] : pairs) {
            if (pair.down && pair.up) continue;
            refuse(ErrorKind::badFile, "is incomplete: the tensor " + safeText(name, 60) +
                                           std::string(pair.down ? kUpSuffix : kDownSuffix) + " is missing.");
        }
        return pairs;
    }

    void append(const std::string& name, const Pair& pair, const Target& target, float alpha) {
        if (pair.down->dimensions != 2 || pair.up->dimensions != 2 || target.use == MatrixUse::other) {
            refuse(ErrorKind::unsupported, "changes " + name + ", which is not a plain matrix, and only those can be.");
        }
        if (target.use == MatrixUse::both) {
            refuse(ErrorKind::unsupported, "changes " + name +
                                               ", which this model uses both for what it reads and for what it "
                                               "writes. Lares does not support that.");
        }
        const bool lookup = target.use == MatrixUse::lookup;
        const std::uint64_t wide = pair.up->shape[0];
        const std::uint64_t in = lookup ? target.rows : target.columns, out = lookup ? target.columns : target.rows;
        const bool fits = pair.up->shape[1] == out && pair.down->shape[lookup ? 1 : 0] == in &&
                          pair.down->shape[lookup ? 0 : 1] == wide;
        if (!fits) {
            refuse(ErrorKind::badRequest,
                   "does not fit the loaded model: its tensors for " + name + " are of another shape.");
        }
        if (wide > std::max(in, out)) {
            refuse(ErrorKind::badFile, "is damaged: its rank for " + name + " is " + std::to_string(wide) +
                                           ", more than the tensor itself has.");
        }
        const auto rank = static_cast<std::uint32_t>(wide);
        const float scale = m_adapter.scale * (alpha == 0 ? 1 : alpha / static_cast<float>(rank));
        if (!std::isfinite(scale)) refuse(ErrorKind::badRequest, "cannot be used with a scale of that size.");
        const auto columns = static_cast<std::uint32_t>(pair.down->shape[0]);
        const auto rows = static_cast<std::uint32_t>(pair.down->shape[1]);
        const WeightId down = appendWeight(*pair.down, {0, rows, rows}, columns);
        for (const WeightId id : target.parts) {
            const WeightSource& part = m_model.weights[id];
            const Part whole{0, target.columns, target.columns}, cut{part.firstRow, part.rows, target.rows};
            const WeightId up = appendWeight(*pair.up, lookup ? whole : cut, rank);
            if (scale != 0) m_changes.push_back({id, down, up, rank, scale});
        }
    }

    WeightId appendWeight(const GgufTensor& tensor, Part rows, std::uint32_t columns) {
        m_model.weights.push_back(weightSource(m_adapter.file, tensor, WeightShape::matrix, rows, columns));
        return static_cast<WeightId>(m_model.weights.size() - 1);
    }

    const LoraAdapter& m_adapter;
    const Targets& m_targets;
    ModelDefinition& m_model;
    std::vector<LowRankChange>& m_changes;
};

}  // namespace

ModelDefinition withAdapters(const ModelDefinition& base, std::string_view architecture,
                             std::span<const LoraAdapter> adapters) {
    if (adapters.empty()) return base;
    const Targets targets = targetsOf(base);
    ModelDefinition model = base;
    std::vector<LowRankChange> changes;
    for (const LoraAdapter& adapter : adapters) AdapterReader(adapter, targets, model, changes).read(architecture);
    model.program = [inner = base.program, changes = std::move(changes)](std::uint32_t tokenCount,
                                                                         std::uint32_t outputRows) {
        return withChanges(inner(tokenCount, outputRows), changes);
    };
    return model;
}

}  // namespace lares::inference

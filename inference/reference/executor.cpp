#include "inference/reference/executor.h"

#include "inference/reference/ops.h"

#include <algorithm>
#include <cassert>

namespace lares::inference::reference {

namespace {

double (*formula(Activation activation))(double) {
    switch (activation) {
        case Activation::silu:
            return silu;
        case Activation::geluTanh:
            return geluTanh;
        case Activation::clampedSilu:
            return clampedSilu;
    }
    assert(false && "an activation without a formula");
    return nullptr;
}

RouteGating gatingFormula(Gating gating) {
    switch (gating) {
        case Gating::softmax:
            return RouteGating::softmax;
        case Gating::sigmoid:
            return RouteGating::sigmoid;
        case Gating::sparseMixer:
            return RouteGating::sparseMixer;
    }
    assert(false && "a gating without a formula");
    return {};
}

}  // namespace

/// One step under way: the values so far, and what each kind of operation does.
struct Executor::Step {
    const Program& program;
    const std::vector<std::vector<float>>& weights;
    std::vector<Cache>& caches;
    std::vector<std::uint32_t> tokens;
    std::vector<std::uint32_t> outputRows;
    std::uint32_t position;
    std::uint32_t contextLength;
    std::vector<std::vector<double>> values;

    std::size_t width(ValueId id) const { return program.values[id].width; }
    std::span<const float> optionalWeight(WeightId id) const {
        return id == kNoWeight ? std::span<const float>() : std::span<const float>(weights[id]);
    }

    void operator()(const Embed& op) {
        embed(weights[op.table], width(op.out), tokens, static_cast<double>(op.scale), values[op.out]);
    }
    void operator()(const AddPositions& op) {
        addPositions(values[op.values], weights[op.table], width(op.values), position);
    }
    void operator()(const AddRow& op) { addRow(values[op.values], weights[op.row]); }
    void operator()(const RmsNorm& op) {
        assert(weights[op.weight].size() == width(op.in) / op.segments);
        rmsNorm(values[op.in], weights[op.weight], static_cast<double>(op.epsilon), values[op.out]);
    }
    void operator()(const LayerNorm& op) {
        assert(weights[op.weight].size() == width(op.in) / (op.ownWeights ? 1 : op.segments));
        layerNorm(values[op.in], width(op.in) / op.segments, weights[op.weight], optionalWeight(op.bias),
                  static_cast<double>(op.epsilon), values[op.out]);
    }
    void operator()(const Matmul& op) {
        matmul(weights[op.weight], width(op.in), optionalWeight(op.bias), values[op.in], values[op.out]);
        for (double& value : values[op.out]) value *= static_cast<double>(op.scale);
        if (op.residual != kNoValue) add(values[op.out], values[op.residual], values[op.out]);
    }
    void operator()(const Rope& op) {
        rope(values[op.heads],
             {op.headCount, op.headSize, op.shape.rotated, op.shape.pairs == RopePairs::halves,
              static_cast<double>(op.shape.base), static_cast<double>(op.shape.scale),
              static_cast<double>(op.shape.unscaledUntil), static_cast<double>(op.shape.scaledFrom),
              static_cast<double>(op.shape.magnitude), optionalWeight(op.shape.factorsFor(contextLength))},
             position);
    }
    void operator()(const StoreKv& op) {
        if (caches.size() <= op.layer) caches.resize(op.layer + 1);
        const auto store = [&](std::vector<double>& cache, ValueId id) {
            assert(cache.size() >= position * width(id));
            cache.resize(position * width(id));
            cache.insert(cache.end(), values[id].begin(), values[id].end());
        };
        store(caches[op.layer].keys, op.keys);
        store(caches[op.layer].values, op.values);
    }
    void operator()(const Attention& op) {
        attention(values[op.query], caches[op.layer].keys, caches[op.layer].values,
                  {op.headCount, op.headCountKv, op.headSize, static_cast<double>(op.scale), op.window,
                   static_cast<double>(op.softCap), op.causal, optionalWeight(op.sinks), optionalWeight(op.slopes)},
                  position, values[op.out]);
    }
    void operator()(const Gated& op) {
        if (op.activation == Activation::clampedSilu) {
            gatedClamped(values[op.gate], values[op.up], values[op.out]);
        } else {
            gated(values[op.gate], values[op.up], formula(op.activation), values[op.out]);
        }
    }
    void operator()(const Activate& op) {
        std::ranges::transform(values[op.in], values[op.out].begin(), formula(op.activation));
    }
    void operator()(const SoftCap& op) {
        std::ranges::transform(values[op.in], values[op.out].begin(),
                               [&](double x) { return softCap(x, static_cast<double>(op.cap)); });
    }
    void operator()(const Route& op) {
        route(values[op.scores],
              {width(op.scores), width(op.experts), gatingFormula(op.gating), op.renormalise,
               static_cast<double>(op.scale)},
              values[op.experts], values[op.weights]);
    }
    void operator()(const ExpertMatmul& op) {
        expertMatmul(weights[op.weight], op.expertCount, width(op.in), optionalWeight(op.bias), values[op.in],
                     values[op.experts], values[op.out]);
    }
    void operator()(const CombineExperts& op) {
        combineExperts(values[op.in], values[op.weights], values[op.residual], width(op.out), values[op.out]);
    }
    void operator()(const Add& op) { add(values[op.left], values[op.right], values[op.out]); }
    void operator()(const GatherRows& op) { gatherRows(values[op.in], width(op.in), outputRows, values[op.out]); }
};

Executor::Executor(const ModelDefinition& model, std::uint32_t contextLength)
    : m_program(model.program), m_contextLength(contextLength) {
    for (const WeightSource& source : model.weights) {
        std::vector<std::byte> bytes(source.sizeBytes);
        source.read(0, bytes);
        std::vector<float>& values = m_weights.emplace_back(std::size_t{source.rows} * source.columns);
        source.format->dequantize(bytes.data(), values.data(), values.size() / source.format->blockElements);
    }
}

std::vector<double> Executor::step(std::span<const TokenId> tokens, std::uint32_t position,
                                   std::span<const std::uint32_t> outputRows) {
    const Program program =
        m_program(static_cast<std::uint32_t>(tokens.size()), static_cast<std::uint32_t>(outputRows.size()));
    Step step{
        program,  m_weights,       m_caches, {tokens.begin(), tokens.end()}, {outputRows.begin(), outputRows.end()},
        position, m_contextLength, {}};
    for (const Value& value : program.values) step.values.emplace_back(value.size());
    for (const Operation& operation : program.operations) std::visit(step, operation);
    return outputRows.empty() ? std::vector<double>() : std::move(step.values[program.logits]);
}

}  // namespace lares::inference::reference

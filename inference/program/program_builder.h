// Writes a Program: each verb appends one operation and returns the value it makes. finish() gives every value its
// piece of scratch memory, from the first operation that writes it to the last that reads it.
#pragma once

#include "inference/program/operation.h"
#include "inference/program/value_placement.h"

#include <optional>

namespace lares::inference {

/// What Route makes.
struct ExpertChoice {
    ValueId experts, weights, order;
};

class ProgramBuilder {
 public:
    ProgramBuilder(std::uint32_t tokenCount, std::uint32_t outputRows);

    std::uint32_t tokenCount() const { return m_program.tokenCount; }
    /// 0: only the cache is filled, as in every chunk of a prompt but the last.
    std::uint32_t outputRows() const { return m_program.outputRows; }

    ValueId embed(WeightId table, std::uint32_t width, float scale = 1.0f);
    void addPositions(ValueId values, WeightId table);
    void addRow(ValueId values, WeightId row);
    ValueId rmsNorm(ValueId in, WeightId weight, float epsilon, std::uint32_t segments = 1);
    ValueId layerNorm(ValueId in, WeightId weight, WeightId bias, float epsilon, std::uint32_t segments = 1,
                      bool ownWeights = false);
    ValueId matmul(WeightId weight, std::uint32_t weightRows, ValueId in, WeightId bias = kNoWeight,
                   ValueId residual = kNoValue, float scale = 1.0f);
    void rope(ValueId heads, std::uint32_t headCount, std::uint32_t headSize, const RopeShape& shape);
    void storeKv(std::uint32_t layer, ValueId keys, ValueId values, std::uint32_t window = 0);
    ValueId attention(std::uint32_t layer, ValueId query, std::uint32_t headCount, std::uint32_t headCountKv,
                      std::uint32_t headSize, float scale, std::uint32_t window = 0, float softCap = 0.0f,
                      bool causal = true, WeightId sinks = kNoWeight, WeightId slopes = kNoWeight);
    ValueId gated(Activation activation, ValueId gate, ValueId up);
    ValueId activate(Activation activation, ValueId in);
    ValueId softCap(ValueId in, float cap);
    ExpertChoice route(ValueId scores, std::uint32_t used, Gating gating, bool renormalise, float scale = 1.0f);
    /// `weightRows` of one expert; `in` has a row for each token, or for each of its chosen experts.
    ValueId expertMatmul(WeightId weight, std::uint32_t expertCount, std::uint32_t weightRows, ValueId in,
                         const ExpertChoice& choice, WeightId bias = kNoWeight);
    ValueId combineExperts(ValueId in, const ExpertChoice& choice, ValueId residual);
    ValueId add(ValueId left, ValueId right);
    ValueId gatherRows(ValueId in);

    /// The program whose result is `logits`; nullopt where no output is wanted. The builder is used up.
    Program finish(std::optional<ValueId> logits);

 private:
    ValueId newValue(std::uint32_t rows, std::uint32_t width);
    ValueId newValueLike(ValueId other);
    const Value& shapeOf(ValueId value) const;

    Program m_program;
};

/// Gives every value its piece of scratch memory, and the program its size: for whoever changes a finished program.
void placeValues(Program& program);

/// Calls `use(value)` for each value that the operation reads or writes.
template <typename Use>
void forEachValue(const Operation& operation, Use&& use) {
    struct Visit {
        Use& use;
        void operator()(const Embed& op) { use(op.out); }
        void operator()(const AddPositions& op) { use(op.values); }
        void operator()(const AddRow& op) { use(op.values); }
        void operator()(const RmsNorm& op) { use(op.in), use(op.out); }
        void operator()(const LayerNorm& op) { use(op.in), use(op.out); }
        void operator()(const Matmul& op) {
            use(op.in), use(op.out);
            if (op.residual != kNoValue) use(op.residual);
        }
        void operator()(const Rope& op) { use(op.heads); }
        void operator()(const StoreKv& op) { use(op.keys), use(op.values); }
        void operator()(const Attention& op) { use(op.query), use(op.out); }
        void operator()(const Gated& op) { use(op.gate), use(op.up), use(op.out); }
        void operator()(const Activate& op) { use(op.in), use(op.out); }
        void operator()(const SoftCap& op) { use(op.in), use(op.out); }
        void operator()(const Route& op) { use(op.scores), use(op.experts), use(op.weights), use(op.order); }
        void operator()(const ExpertMatmul& op) { use(op.in), use(op.experts), use(op.order), use(op.out); }
        void operator()(const CombineExperts& op) { use(op.in), use(op.weights), use(op.residual), use(op.out); }
        void operator()(const Add& op) { use(op.left), use(op.right), use(op.out); }
        void operator()(const GatherRows& op) { use(op.in), use(op.out); }
    };
    std::visit(Visit{use}, operation);
}

}  // namespace lares::inference

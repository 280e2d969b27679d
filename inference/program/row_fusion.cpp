#include "inference/program/row_fusion.h"

#include "inference/program/program_builder.h"
#include "inference/program/value_placement.h"

#include <algorithm>
#include <cassert>

namespace lares::inference {

namespace {

/// The values that a step reads or writes.
template <typename Use>
void forEachValue(const FusedStep& step, Use&& use) {
    struct Visit {
        Use& use;
        void operator()(const Operation& op) { inference::forEachValue(op, use); }
        void operator()(const FusedMatmul& op) {
            use(op.input.in), use(op.matmul.out);
            if (op.matmul.residual != kNoValue) use(op.matmul.residual);
        }
        void operator()(const FusedGate& op) { use(op.input.in), use(op.gated.out); }
        void operator()(const FusedQkv& op) { use(op.input.in), use(op.query.out); }
        void operator()(const FusedExpertGate& op) { use(op.input.in), use(op.gate.experts), use(op.gated.out); }
        void operator()(const FusedExpertSum& op) {
            use(op.matmul.in), use(op.matmul.experts), use(op.combine.weights);
            use(op.combine.residual), use(op.combine.out);
        }
    };
    std::visit(Visit{use}, step);
}

FusedInput* inputOf(FusedStep& step) {
    if (auto* op = std::get_if<FusedMatmul>(&step)) return &op->input;
    if (auto* op = std::get_if<FusedGate>(&step)) return &op->input;
    if (auto* op = std::get_if<FusedQkv>(&step)) return &op->input;
    if (auto* op = std::get_if<FusedExpertGate>(&step)) return &op->input;
    return nullptr;
}

/// Operations that change a value in place.
bool changes(const Operation& operation, ValueId value) {
    if (const auto* op = std::get_if<Rope>(&operation)) return op->heads == value;
    if (const auto* op = std::get_if<AddPositions>(&operation)) return op->values == value;
    if (const auto* op = std::get_if<AddRow>(&operation)) return op->values == value;
    return false;
}

bool isPlain(const Matmul& matmul) {
    return matmul.residual == kNoValue && matmul.scale == 1.0f;
}

/// Puts fused steps in the places of the last operations that they stand for, and takes the others out.
class Fusion {
 public:
    Fusion(const Program& program, const FusionRules& rules)
        : m_program(program), m_rules(rules), m_users(program.values.size()) {
        const std::vector<Operation>& operations = program.operations;
        for (std::size_t i = 0; i < operations.size(); ++i) {
            m_steps.emplace_back(operations[i]);
            inference::forEachValue(operations[i], [&](ValueId value) {
                if (m_users[value].empty() || m_users[value].back() != i) m_users[value].push_back(i);
            });
        }
        if (program.outputRows > 0) m_users[program.logits].push_back(operations.size());
    }

    FusedProgram run() {
        for (std::size_t i = 0; i < m_steps.size(); ++i) fuseKeysAndValues(i);
        for (std::size_t i = 0; i < m_steps.size(); ++i) fuseGate(i);
        for (std::size_t i = 0; i < m_steps.size(); ++i) fuseExpertGate(i);
        for (std::size_t i = 0; i < m_steps.size(); ++i) fuseExpertSum(i);
        for (std::size_t i = 0; i < m_steps.size(); ++i) fuseActivation(i);
        for (std::size_t i = 0; i < m_steps.size(); ++i) fuseMatmul(i);
        for (std::size_t i = 0; i < m_steps.size(); ++i) foldNorm(i);
        return finish();
    }

 private:
    template <typename Op>
    const Op* at(std::size_t index) const {
        return index < m_program.operations.size() ? std::get_if<Op>(&m_program.operations[index]) : nullptr;
    }
    /// The operation at that index, when no step stands for it yet.
    template <typename Op>
    const Op* unfused(std::size_t index) const {
        const bool itself = m_steps[index] && std::holds_alternative<Operation>(*m_steps[index]);
        return itself ? at<Op>(index) : nullptr;
    }
    /// The product that makes `value`, where it can be fused and so many operations touch the value, itself included.
    const Matmul* product(ValueId value, std::size_t users) const {
        if (m_users[value].size() != users) return nullptr;
        const auto* matmul = unfused<Matmul>(m_users[value].front());
        return matmul && matmul->out == value && m_rules.fusable(matmul->weight) ? matmul : nullptr;
    }
    void takeOut(ValueId value, std::size_t user) { m_steps[m_users[value][user]].reset(); }

    void fuseKeysAndValues(std::size_t index) {
        const auto* store = at<StoreKv>(index);
        if (!store) return;
        const auto* keyRope = at<Rope>(m_users[store->keys][1]);
        const Attention* attention = nullptr;
        for (std::size_t i = index + 1; i < m_steps.size() && !attention; ++i) {
            attention = at<Attention>(i);
            if (attention && attention->layer != store->layer) return;
        }
        if (!attention) return;
        const auto* queryRope = at<Rope>(m_users[attention->query][1]);
        const bool turns = keyRope && queryRope && keyRope->shape == queryRope->shape;
        if (!turns && (keyRope || queryRope)) return;
        const std::size_t users = turns ? 3 : 2;
        const Matmul* const query = product(attention->query, users);
        const Matmul* const key = product(store->keys, users);
        const Matmul* const value = product(store->values, 2);
        if (!query || !key || !value || query->in != key->in || query->in != value->in) return;
        if (!isPlain(*query) || !isPlain(*key) || !isPlain(*value)) return;
        FusedQkv fused{*query, *key, *value, *store, {}, {query->in, {}}};
        if (turns) fused.rope = *queryRope;
        for (std::size_t user = 0; user + 1 < users; ++user) {
            takeOut(attention->query, user);
            takeOut(store->keys, user);
        }
        takeOut(store->values, 0);
        m_steps[index] = fused;
    }

    void fuseGate(std::size_t index) {
        const auto* gated = at<Gated>(index);
        if (!gated) return;
        const Matmul* const gate = product(gated->gate, 2);
        const Matmul* const up = product(gated->up, 2);
        if (!gate || !up || gate->in != up->in || !isPlain(*gate) || !isPlain(*up)) return;
        if (!m_rules.together(gate->weight, up->weight)) return;
        takeOut(gated->gate, 0);
        takeOut(gated->up, 0);
        m_steps[index] = FusedGate{*gate, *up, *gated, {gate->in, {}}};
    }

    /// The product of one token's experts that makes `value`, which nothing but it and its user touches.
    const ExpertMatmul* expertProduct(ValueId value) const {
        const auto* matmul = m_users[value].size() == 2 ? at<ExpertMatmul>(m_users[value].front()) : nullptr;
        if (!matmul || matmul->out != value || m_program.values[matmul->experts].rows != 1) return nullptr;
        return m_rules.expertsFusable(matmul->weight, m_program.values[matmul->experts].width) ? matmul : nullptr;
    }

    void fuseExpertGate(std::size_t index) {
        const auto* gated = at<Gated>(index);
        if (!gated) return;
        const ExpertMatmul* const gate = expertProduct(gated->gate);
        const ExpertMatmul* const up = expertProduct(gated->up);
        if (!gate || !up || gate->in != up->in || m_program.values[gate->in].rows != 1) return;
        if (!m_rules.together(gate->weight, up->weight)) return;
        takeOut(gated->gate, 0);
        takeOut(gated->up, 0);
        m_steps[index] = FusedExpertGate{*gate, *up, *gated, {gate->in, {}}};
    }

    void fuseExpertSum(std::size_t index) {
        const auto* combine = at<CombineExperts>(index);
        const ExpertMatmul* const matmul = combine ? expertProduct(combine->in) : nullptr;
        if (!matmul || m_program.values[matmul->in].rows != m_program.values[matmul->experts].width) return;
        takeOut(combine->in, 0);
        m_steps[index] = FusedExpertSum{*matmul, *combine};
    }

    void fuseActivation(std::size_t index) {
        const auto* activate = at<Activate>(index);
        const Matmul* const matmul = activate ? product(activate->in, 2) : nullptr;
        if (!matmul || matmul->residual != kNoValue) return;
        FusedMatmul fused{*matmul, {matmul->in, {}}, activate->activation};
        fused.matmul.out = activate->out;
        takeOut(activate->in, 0);
        m_steps[index] = fused;
    }

    void fuseMatmul(std::size_t index) {
        const auto* matmul = unfused<Matmul>(index);
        if (matmul && m_rules.fusable(matmul->weight)) m_steps[index] = FusedMatmul{*matmul, {matmul->in, {}}, {}};
    }

    /// Where all that reads the norm's result are fused products, and what the norm reads stays as it is until then.
    void foldNorm(std::size_t index) {
        FoldedNorm folded{};
        ValueId in{}, out{};
        if (const auto* op = at<RmsNorm>(index); op && op->segments == 1) {
            folded = {op->weight, kNoWeight, false, op->epsilon};
            in = op->in, out = op->out;
        } else if (const auto* op = at<LayerNorm>(index); op && op->segments == 1 && !op->ownWeights) {
            folded = {op->weight, op->bias, true, op->epsilon};
            in = op->in, out = op->out;
        } else {
            return;
        }
        if (m_program.values[in].width % 4 != 0) return;
        std::vector<FusedInput*> readers;
        std::size_t last = index;
        for (std::size_t i = index + 1; i <= m_steps.size(); ++i) {
            if (i == m_steps.size()) {
                if (m_program.outputRows > 0 && m_program.logits == out) return;
                break;
            }
            bool touches = false;
            if (m_steps[i]) forEachValue(*m_steps[i], [&](ValueId value) { touches |= value == out; });
            if (!touches) continue;
            FusedInput* const input = inputOf(*m_steps[i]);
            std::size_t uses = 0;
            forEachValue(*m_steps[i], [&](ValueId value) { uses += value == out; });
            if (!input || input->in != out || uses != 1) return;
            readers.push_back(input);
            last = i;
        }
        for (std::size_t i = index + 1; i < last; ++i) {
            if (changes(m_program.operations[i], in)) return;
        }
        if (readers.empty()) return;
        for (FusedInput* const reader : readers) *reader = {in, folded};
        m_steps[index].reset();
    }

    FusedProgram finish() {
        FusedProgram fused;
        fused.values = m_program.values;
        std::vector<Lifetime> lives(fused.values.size());
        for (const std::optional<FusedStep>& step : m_steps) {
            if (!step) continue;
            forEachValue(*step, [&](ValueId value) { lives[value].touch(fused.steps.size()); });
            fused.steps.push_back(*step);
        }
        if (m_program.outputRows > 0) lives[m_program.logits].touch(fused.steps.size());
        fused.scratchSize = placeValues(fused.values, lives);
        return fused;
    }

    const Program& m_program;
    const FusionRules& m_rules;
    std::vector<std::vector<std::size_t>> m_users;  ///< by value: the operations that touch it, in order
    std::vector<std::optional<FusedStep>> m_steps;  ///< by operation; none: another one stands for it
};

}  // namespace

FusedProgram fuseRows(const Program& program, const FusionRules& rules) {
    return Fusion(program, rules).run();
}

}  // namespace lares::inference

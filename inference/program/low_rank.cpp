#include "inference/program/low_rank.h"

#include "inference/program/program_builder.h"

#include <utility>

namespace lares::inference {

namespace {

/// Writes the operations anew, one after the other; what is not changed stays as it is.
class Rewriter {
 public:
    Rewriter(Program& program, std::span<const LowRankChange> changes) : m_program(program), m_changes(changes) {}

    template <typename Other>
    void operator()(const Other& op) {
        m_program.operations.push_back(op);
    }

    /// The changes come first, and each takes in what is added to the product so far.
    void operator()(Matmul op) {
        const Value in = m_program.values[op.in], out = m_program.values[op.out];
        for (const LowRankChange& change : m_changes) {
            if (change.weight != op.weight) continue;
            const ValueId inner = newValue(in.rows, change.rank);
            m_program.operations.push_back(Matmul{change.down, kNoWeight, op.in, kNoValue, inner});
            const ValueId sum = newValue(out.rows, out.width);
            m_program.operations.push_back(
                Matmul{change.up, kNoWeight, inner, op.residual, sum, op.scale * change.scale});
            op.residual = sum;
        }
        m_program.operations.push_back(op);
    }

    /// The last of the changes leaves its sum where everything else expects the rows.
    void operator()(Embed op) {
        const ValueId out = op.out;
        const Value shape = m_program.values[out];
        std::vector<Operation> added;
        for (const LowRankChange& change : m_changes) {
            if (change.weight != op.table) continue;
            const ValueId before = newValue(shape.rows, shape.width);
            if (added.empty()) {
                op.out = before;
            } else {
                std::get<Matmul>(added.back()).out = before;
            }
            const ValueId inner = newValue(shape.rows, change.rank);
            added.push_back(Embed{change.down, inner});
            added.push_back(Matmul{change.up, kNoWeight, inner, before, out, op.scale * change.scale});
        }
        m_program.operations.push_back(op);
        m_program.operations.insert(m_program.operations.end(), added.begin(), added.end());
    }

 private:
    ValueId newValue(std::uint32_t rows, std::uint32_t width) {
        m_program.values.push_back({rows, width, 0});
        return static_cast<ValueId>(m_program.values.size() - 1);
    }

    Program& m_program;
    std::span<const LowRankChange> m_changes;
};

}  // namespace

MatrixUse matrixUse(const Program& program, WeightId weight) {
    bool product = false, lookup = false;
    for (const Operation& operation : program.operations) {
        if (const auto* op = std::get_if<Matmul>(&operation)) product = product || op->weight == weight;
        if (const auto* op = std::get_if<Embed>(&operation)) lookup = lookup || op->table == weight;
    }
    if (product) return lookup ? MatrixUse::both : MatrixUse::product;
    return lookup ? MatrixUse::lookup : MatrixUse::other;
}

Program withChanges(Program program, std::span<const LowRankChange> changes) {
    const std::vector<Operation> operations = std::exchange(program.operations, {});
    for (const Operation& operation : operations) std::visit(Rewriter(program, changes), operation);
    placeValues(program);
    return program;
}

}  // namespace lares::inference

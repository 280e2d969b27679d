#include "inference/program/program_builder.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace lares::inference {

namespace {

std::vector<Lifetime> lifetimes(const Program& program) {
    std::vector<Lifetime> lives(program.values.size());
    for (std::size_t i = 0; i < program.operations.size(); ++i) {
        forEachValue(program.operations[i], [&](ValueId value) { lives[value].touch(i); });
    }
    if (program.outputRows > 0) lives[program.logits].last = program.operations.size();  // read by whoever asked
    return lives;
}

}  // namespace

void placeValues(Program& program) {
    program.scratchSize = placeValues(program.values, lifetimes(program));
}

ProgramBuilder::ProgramBuilder(std::uint32_t tokenCount, std::uint32_t outputRows) {
    assert(tokenCount > 0 && outputRows <= tokenCount);
    m_program.tokenCount = tokenCount;
    m_program.outputRows = outputRows;
}

ValueId ProgramBuilder::embed(WeightId table, std::uint32_t width, float scale) {
    const ValueId out = newValue(m_program.tokenCount, width);
    m_program.operations.push_back(Embed{table, out, scale});
    return out;
}

void ProgramBuilder::addPositions(ValueId values, WeightId table) {
    assert(shapeOf(values).rows == m_program.tokenCount);
    m_program.operations.push_back(AddPositions{values, table});
}

void ProgramBuilder::addRow(ValueId values, WeightId row) {
    m_program.operations.push_back(AddRow{values, row});
}

ValueId ProgramBuilder::rmsNorm(ValueId in, WeightId weight, float epsilon, std::uint32_t segments) {
    assert(shapeOf(in).width % segments == 0);
    const ValueId out = newValueLike(in);
    m_program.operations.push_back(RmsNorm{in, weight, out, epsilon, segments});
    return out;
}

ValueId ProgramBuilder::layerNorm(ValueId in, WeightId weight, WeightId bias, float epsilon, std::uint32_t segments,
                                  bool ownWeights) {
    assert(shapeOf(in).width % segments == 0);
    const ValueId out = newValueLike(in);
    m_program.operations.push_back(LayerNorm{in, weight, bias, out, epsilon, segments, ownWeights});
    return out;
}

ValueId ProgramBuilder::matmul(WeightId weight, std::uint32_t weightRows, ValueId in, WeightId bias, ValueId residual,
                               float scale) {
    assert(residual == kNoValue || shapeOf(residual).size() == std::uint64_t{shapeOf(in).rows} * weightRows);
    const ValueId out = newValue(shapeOf(in).rows, weightRows);
    m_program.operations.push_back(Matmul{weight, bias, in, residual, out, scale});
    return out;
}

void ProgramBuilder::rope(ValueId heads, std::uint32_t headCount, std::uint32_t headSize, const RopeShape& shape) {
    assert(shapeOf(heads).width == headCount * headSize && shape.rotated <= headSize);
    m_program.operations.push_back(Rope{heads, headCount, headSize, shape});
}

void ProgramBuilder::storeKv(std::uint32_t layer, ValueId keys, ValueId values, std::uint32_t window) {
    assert(shapeOf(keys).rows == m_program.tokenCount && shapeOf(values).rows == m_program.tokenCount);
    m_program.operations.push_back(StoreKv{layer, keys, values, window});
}

ValueId ProgramBuilder::attention(std::uint32_t layer, ValueId query, std::uint32_t headCount,
                                  std::uint32_t headCountKv, std::uint32_t headSize, float scale, std::uint32_t window,
                                  float softCap, bool causal, WeightId sinks, WeightId slopes) {
    assert(shapeOf(query).width == headCount * headSize && headCount % headCountKv == 0);
    assert(causal || window == 0);
    const ValueId out = newValue(shapeOf(query).rows, headCount * headSize);
    m_program.operations.push_back(
        Attention{layer, query, out, headCount, headCountKv, headSize, scale, window, softCap, causal, sinks, slopes});
    return out;
}

ValueId ProgramBuilder::gated(Activation activation, ValueId gate, ValueId up) {
    assert(shapeOf(gate).size() == shapeOf(up).size());
    const ValueId out = newValueLike(gate);
    m_program.operations.push_back(Gated{activation, gate, up, out});
    return out;
}

ValueId ProgramBuilder::activate(Activation activation, ValueId in) {
    const ValueId out = newValueLike(in);
    m_program.operations.push_back(Activate{activation, in, out});
    return out;
}

ValueId ProgramBuilder::softCap(ValueId in, float cap) {
    assert(cap > 0);
    const ValueId out = newValueLike(in);
    m_program.operations.push_back(SoftCap{in, out, cap});
    return out;
}

ExpertChoice ProgramBuilder::route(ValueId scores, std::uint32_t used, Gating gating, bool renormalise, float scale) {
    const Value shape = shapeOf(scores);
    assert(used > 0 && used <= shape.width);
    const ExpertChoice choice{newValue(shape.rows, used), newValue(shape.rows, used), newValue(shape.rows, 4 * used)};
    m_program.operations.push_back(
        Route{scores, choice.experts, choice.weights, choice.order, gating, renormalise, scale});
    return choice;
}

ValueId ProgramBuilder::expertMatmul(WeightId weight, std::uint32_t expertCount, std::uint32_t weightRows, ValueId in,
                                     const ExpertChoice& choice, WeightId bias) {
    const Value chosen = shapeOf(choice.experts);
    const std::uint32_t pairs = chosen.rows * chosen.width;
    assert(shapeOf(in).rows == chosen.rows || shapeOf(in).rows == pairs);
    const ValueId out = newValue(pairs, weightRows);
    m_program.operations.push_back(ExpertMatmul{weight, expertCount, in, choice.experts, choice.order, out, bias});
    return out;
}

ValueId ProgramBuilder::combineExperts(ValueId in, const ExpertChoice& choice, ValueId residual) {
    const Value shape = shapeOf(residual);
    assert(shapeOf(in).width == shape.width && shapeOf(in).rows == shapeOf(choice.weights).size());
    const ValueId out = newValue(shape.rows, shape.width);
    m_program.operations.push_back(CombineExperts{in, choice.weights, residual, out});
    return out;
}

ValueId ProgramBuilder::add(ValueId left, ValueId right) {
    assert(shapeOf(left).size() == shapeOf(right).size());
    const ValueId out = newValueLike(left);
    m_program.operations.push_back(Add{left, right, out});
    return out;
}

ValueId ProgramBuilder::gatherRows(ValueId in) {
    assert(m_program.outputRows > 0 && shapeOf(in).rows == m_program.tokenCount);
    const ValueId out = newValue(m_program.outputRows, shapeOf(in).width);
    m_program.operations.push_back(GatherRows{in, out});
    return out;
}

Program ProgramBuilder::finish(std::optional<ValueId> logits) {
    assert(logits.has_value() == (m_program.outputRows > 0));
    if (logits) {
        assert(shapeOf(*logits).rows == m_program.outputRows);
        m_program.logits = *logits;
    }
    placeValues(m_program);
    return std::move(m_program);
}

ValueId ProgramBuilder::newValue(std::uint32_t rows, std::uint32_t width) {
    m_program.values.push_back({rows, width, 0});
    return static_cast<ValueId>(m_program.values.size() - 1);
}

ValueId ProgramBuilder::newValueLike(ValueId other) {
    const Value shape = shapeOf(other);
    return newValue(shape.rows, shape.width);
}

const Value& ProgramBuilder::shapeOf(ValueId value) const {
    assert(value < m_program.values.size());
    return m_program.values[value];
}

}  // namespace lares::inference

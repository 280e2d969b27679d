#include "inference/models/decoder.h"

#include <bit>
#include <cassert>
#include <cmath>
#include <utility>

namespace lares::inference {

namespace {

WeightId readBias(WeightTable& table, const std::string& name, Part part, Bias bias) {
    const bool wanted = bias == Bias::required || (bias == Bias::optional && table.contains(name));
    return wanted ? table.vector(name, part) : kNoWeight;
}

Norm readNorm(WeightTable& table, const std::string& name, std::uint32_t width, NormKind kind, Bias bias) {
    return {kind, table.vector(name + ".weight", width), readBias(table, name + ".bias", {0, width, width}, bias)};
}

}  // namespace

DecoderWriter::DecoderWriter(const DecoderFrame& frame, std::uint32_t tokenCount, std::uint32_t outputRows)
    : m_frame(frame), m_builder(tokenCount, outputRows) {}

ValueId DecoderWriter::norm(ValueId in, const std::optional<Norm>& norm) {
    if (m_ended || !norm) return in;
    const float epsilon = m_frame.parameters.normEpsilon;
    if (norm->kind == NormKind::rms) {
        assert(norm->bias == kNoWeight && !norm->ownWeights);
        return m_builder.rmsNorm(in, norm->weight, epsilon, norm->segments);
    }
    return m_builder.layerNorm(in, norm->weight, norm->bias, epsilon, norm->segments, norm->ownWeights);
}

ValueId DecoderWriter::linear(const Linear& linear, ValueId in) {
    return m_builder.matmul(linear.weight, linear.rows, in, linear.bias);
}

ValueId DecoderWriter::attention(const AttentionBlock& block, ValueId in) {
    const HyperParameters& p = m_frame.parameters;
    const bool cacheOnly = lastLayer() && m_builder.outputRows() == 0;  // nobody reads what comes behind this cache
    const std::uint32_t window = p.window(m_layer);

    // Steps that do not wait for each other stand side by side: the device may overlap them.
    ValueId keys = linear(block.key, in);
    const ValueId values = linear(block.value, in);
    ValueId query = cacheOnly ? kNoValue : linear(block.query, in);
    keys = norm(keys, block.keyNorm);
    if (!cacheOnly) query = norm(query, block.queryNorm);
    if (block.rope) {
        m_builder.rope(keys, p.headCountKv, p.headSize, *block.rope);
        if (!cacheOnly) m_builder.rope(query, p.headCount, p.headSize, *block.rope);
    }
    m_builder.storeKv(m_layer, keys, values, window);
    m_ended = cacheOnly;
    if (m_ended) return kNoValue;
    return wanted(m_builder.attention(m_layer, query, p.headCount, p.headCountKv, p.headSize, p.attentionScale, window,
                                      p.attentionSoftCap, p.causal, block.sinks, m_frame.slopes));
}

ValueId DecoderWriter::feedForward(const FeedForward& block, ValueId in) {
    if (m_ended) return kNoValue;
    if (!block.gate) return m_builder.activate(block.activation, linear(block.up, in));
    const ValueId gate = linear(*block.gate, in);
    const ValueId up = linear(block.up, in);
    return m_builder.gated(block.activation, gate, up);
}

ValueId DecoderWriter::added(ValueId x, const Linear& block, ValueId in, const std::optional<Norm>& postNorm) {
    if (m_ended) return kNoValue;
    if (postNorm) return m_builder.add(x, norm(linear(block, in), postNorm));
    return m_builder.matmul(block.weight, block.rows, in, block.bias, x, m_frame.parameters.residualScale);
}

ValueId DecoderWriter::addedExperts(ValueId x, const ExpertBlock& block, ValueId in) {
    if (m_ended) return kNoValue;
    const HyperParameters& p = m_frame.parameters;
    const ExpertParameters& e = p.experts;
    const ExpertChoice choice =
        m_builder.route(linear(block.router, in), e.used, e.gating, e.renormalise, e.weightScale * p.residualScale);
    const ValueId gate = m_builder.expertMatmul(block.gate, e.count, e.length, in, choice, block.gateBias);
    const ValueId up = m_builder.expertMatmul(block.up, e.count, e.length, in, choice, block.upBias);
    const ValueId gated = m_builder.gated(block.activation, gate, up);
    const ValueId down = m_builder.expertMatmul(block.down, e.count, p.embeddingLength, gated, choice, block.downBias);
    x = m_builder.combineExperts(down, choice, x);
    if (!block.shared) return x;
    // Its gate is a router that has only one expert to choose.
    const ExpertChoice only = m_builder.route(linear(block.sharedGate, in), 1, Gating::sigmoid, false, p.residualScale);
    return m_builder.combineExperts(linear(block.shared->down, feedForward(*block.shared, in)), only, x);
}

ValueId DecoderWriter::wanted(ValueId in) {
    if (m_ended || !lastLayer() || m_builder.outputRows() == m_builder.tokenCount()) return in;
    return m_builder.gatherRows(in);
}

Program DecoderWriter::write(const std::vector<DecoderLayer>& layers, LayerWriter writeLayer) {
    const HyperParameters& p = m_frame.parameters;
    ValueId x = m_builder.embed(m_frame.embedding, p.embeddingLength, p.embeddingScale);
    if (m_frame.positions != kNoWeight) m_builder.addPositions(x, m_frame.positions);
    if (m_frame.tokenType != kNoWeight) m_builder.addRow(x, m_frame.tokenType);
    x = norm(x, m_frame.embeddingNorm);
    for (m_layer = 0; m_layer < p.layerCount; ++m_layer) x = writeLayer(*this, layers[m_layer], x);
    if (m_ended) return m_builder.finish(std::nullopt);
    x = norm(x, m_frame.outputNorm);
    if (!m_frame.output) return m_builder.finish(x);
    const Linear& output = *m_frame.output;
    ValueId logits = m_builder.matmul(output.weight, output.rows, x, output.bias, kNoValue, p.logitScale);
    if (p.logitSoftCap > 0) logits = m_builder.softCap(logits, p.logitSoftCap);
    return m_builder.finish(logits);
}

ValueId serialLayer(DecoderWriter& writer, const DecoderLayer& layer, ValueId x) {
    const ValueId attended = writer.attention(layer.attention, writer.norm(x, layer.attentionNorm));
    x = writer.added(writer.wanted(x), layer.attention.output, attended, layer.attentionPostNorm);
    const ValueId normed = writer.norm(x, layer.feedForwardNorm);
    if (layer.experts) return writer.addedExperts(x, *layer.experts, normed);
    const ValueId inner = writer.feedForward(layer.feedForward, normed);
    return writer.added(x, layer.feedForward.down, inner, layer.feedForwardPostNorm);
}

ValueId parallelLayer(DecoderWriter& writer, const DecoderLayer& layer, ValueId x) {
    const ValueId normed = writer.norm(x, layer.attentionNorm);
    const ValueId attended = writer.attention(layer.attention, normed);
    x = writer.wanted(x);
    const ValueId in = layer.feedForwardNorm ? writer.norm(x, layer.feedForwardNorm) : writer.wanted(normed);
    const ValueId inner = writer.feedForward(layer.feedForward, in);
    x = writer.added(x, layer.attention.output, attended, layer.attentionPostNorm);
    return writer.added(x, layer.feedForward.down, inner, layer.feedForwardPostNorm);
}

ValueId postNormLayer(DecoderWriter& writer, const DecoderLayer& layer, ValueId x) {
    const ValueId attended = writer.attention(layer.attention, x);
    x = writer.added(writer.wanted(x), layer.attention.output, attended, std::nullopt);
    x = writer.norm(x, layer.attentionPostNorm);
    const ValueId inner = writer.feedForward(layer.feedForward, x);
    return writer.norm(writer.added(x, layer.feedForward.down, inner, std::nullopt), layer.feedForwardPostNorm);
}

Norm LayerReader::norm(const std::string& name) {
    return readNorm(m_table, block() + name, m_parameters.embeddingLength, m_norm, m_normBias);
}

Linear LayerReader::linear(const std::string& name, Part rows, std::uint32_t columns, Bias bias) {
    return {m_table.matrix(block() + name + ".weight", rows, columns),
            readBias(m_table, block() + name + ".bias", rows, bias), rows.count};
}

Linear LayerReader::linear(const std::string& name, std::uint32_t rows, std::uint32_t columns, Bias bias) {
    return linear(name, Part{0, rows, rows}, columns, bias);
}

AttentionBlock LayerReader::attention(Bias bias, Bias outputBias) {
    const HyperParameters& p = m_parameters;
    const std::uint32_t query = p.headCount * p.headSize, keys = p.kvWidth(), all = query + 2 * keys;
    AttentionBlock attention;
    if (contains("attn_qkv")) {
        attention.query = linear("attn_qkv", Part{0, query, all}, p.embeddingLength, bias);
        attention.key = linear("attn_qkv", Part{query, keys, all}, p.embeddingLength, bias);
        attention.value = linear("attn_qkv", Part{query + keys, keys, all}, p.embeddingLength, bias);
    } else {
        attention.query = linear("attn_q", query, p.embeddingLength, bias);
        attention.key = linear("attn_k", keys, p.embeddingLength, bias);
        attention.value = linear("attn_v", keys, p.embeddingLength, bias);
    }
    m_table.keepTogether({attention.query.weight, attention.key.weight, attention.value.weight});
    attention.output = linear("attn_output", p.embeddingLength, query, outputBias);
    attention.rope = p.rope;
    return attention;
}

void LayerReader::sinks(AttentionBlock& attention) {
    attention.sinks = m_table.vector(block() + "attn_sinks.weight", m_parameters.headCount);
}

void LayerReader::headNorms(AttentionBlock& attention, HeadWeights weights) {
    const auto read = [&](const std::string& name, std::uint32_t heads) {
        const std::string tensor = block() + name + ".weight";
        const std::uint32_t size = m_parameters.headSize;
        if (weights == HeadWeights::joint) return Norm{.kind = m_norm, .weight = m_table.vector(tensor, heads * size)};
        const bool own = weights == HeadWeights::own;
        return Norm{.kind = m_norm,
                    .weight = own ? m_table.vectors(tensor, heads, size) : m_table.vector(tensor, size),
                    .segments = heads,
                    .ownWeights = own};
    };
    attention.queryNorm = read("attn_q_norm", m_parameters.headCount);
    attention.keyNorm = read("attn_k_norm", m_parameters.headCountKv);
}

FeedForward LayerReader::gatedFeedForward(Activation activation, Bias bias) {
    FeedForward feedForward = plainFeedForward(activation, bias);
    feedForward.gate = linear("ffn_gate", m_parameters.feedForwardLength, m_parameters.embeddingLength, bias);
    m_table.keepTogether({feedForward.gate->weight, feedForward.up.weight});
    return feedForward;
}

FeedForward LayerReader::fusedFeedForward(Activation activation, Bias downBias) {
    const std::uint32_t inner = m_parameters.feedForwardLength, outer = m_parameters.embeddingLength;
    FeedForward feedForward{.activation = activation};
    feedForward.gate = linear("ffn_up", Part{0, inner, 2 * inner}, outer, Bias::none);
    feedForward.up = linear("ffn_up", Part{inner, inner, 2 * inner}, outer, Bias::none);
    m_table.keepTogether({feedForward.gate->weight, feedForward.up.weight});
    feedForward.down = linear("ffn_down", outer, inner, downBias);
    return feedForward;
}

FeedForward LayerReader::plainFeedForward(Activation activation, Bias bias) {
    const std::uint32_t inner = m_parameters.feedForwardLength, outer = m_parameters.embeddingLength;
    FeedForward feedForward{.activation = activation};
    feedForward.up = linear("ffn_up", inner, outer, bias);
    feedForward.down = linear("ffn_down", outer, inner, bias);
    return feedForward;
}

ExpertBlock LayerReader::experts(Activation activation, Bias bias) {
    const HyperParameters& p = m_parameters;
    const ExpertParameters& e = p.experts;
    ExpertBlock experts{.activation = activation};
    experts.router = linear("ffn_gate_inp", e.count, p.embeddingLength, bias);
    experts.gate = m_table.expertMatrices(block() + "ffn_gate", e.count, e.length, p.embeddingLength);
    experts.up = m_table.expertMatrices(block() + "ffn_up", e.count, e.length, p.embeddingLength);
    m_table.keepTogether({experts.gate, experts.up});
    experts.down = m_table.expertMatrices(block() + "ffn_down", e.count, p.embeddingLength, e.length);
    if (bias == Bias::none) return experts;
    experts.gateBias = m_table.vectors(block() + "ffn_gate_exps.bias", e.count, e.length);
    experts.upBias = m_table.vectors(block() + "ffn_up_exps.bias", e.count, e.length);
    experts.downBias = m_table.vectors(block() + "ffn_down_exps.bias", e.count, p.embeddingLength);
    return experts;
}

ExpertBlock LayerReader::expertsAndShared() {
    const std::uint32_t inner = m_parameters.experts.sharedLength, outer = m_parameters.embeddingLength;
    ExpertBlock experts = this->experts();
    experts.sharedGate = linear("ffn_gate_inp_shexp", 1, outer, Bias::none);
    experts.shared = FeedForward{.gate = linear("ffn_gate_shexp", inner, outer, Bias::none),
                                 .up = linear("ffn_up_shexp", inner, outer, Bias::none),
                                 .down = linear("ffn_down_shexp", outer, inner, Bias::none)};
    return experts;
}

DecoderReader::DecoderReader(const SharedGguf& file, NormKind norm, Bias normBias, RopePairs pairs)
    : m_file(file), m_table(file), m_norm(norm), m_normBias(normBias) {
    m_frame.parameters = readHyperParameters(*file, norm);
    HyperParameters& p = m_frame.parameters;
    p.rope.pairs = pairs;
    m_frame.embedding = m_table.matrix("token_embd.weight", p.vocabularySize, p.embeddingLength);
    readRopeFactors();
}

void DecoderReader::readOutput() {
    const HyperParameters& p = m_frame.parameters;
    m_frame.outputNorm = readNorm(m_table, "output_norm", p.embeddingLength, m_norm, m_normBias);
    if (p.pooling != Pooling::none) {
        m_table.leaveOut("output.weight");
        m_table.leaveOut("output.bias");
        return;
    }
    const WeightId output = m_table.optionalMatrix("output.weight", p.vocabularySize, p.embeddingLength);
    m_frame.output = Linear{output == kNoWeight ? m_frame.embedding : output,
                            m_table.optionalVector("output.bias", p.vocabularySize), p.vocabularySize};
}

void DecoderReader::readEncoderFrame() {
    HyperParameters& p = m_frame.parameters;
    m_encoder = true;
    p.causal = false;
    if (p.pooling == Pooling::none) p.pooling = Pooling::mean;
    const std::string types = "token_types.weight";
    if (m_table.contains(types)) m_frame.tokenType = m_table.firstVector(types, p.embeddingLength);
    readEmbeddingNorm();
}

void DecoderReader::readEmbeddingNorm() {
    const std::uint32_t width = m_frame.parameters.embeddingLength;
    m_frame.embeddingNorm = readNorm(m_table, "token_embd_norm", width, m_norm, m_normBias);
}

void DecoderReader::checkAttention() const {
    const HyperParameters& p = m_frame.parameters;
    if (p.slidingWindow != 0 && (p.windows.empty() || !p.causal)) {
        throw Error(ErrorKind::unsupported,
                    "This model's attention sees a sliding window, which Lares does not support in this architecture.");
    }
    if (!p.causal && p.pooling == Pooling::none) {
        throw Error(
            ErrorKind::unsupported,
            "This model's attention looks ahead, so it cannot write text, and its file does not say how to make "
            "embeddings with it.");
    }
}

/// Llama 3.1 has one set of divisors of the turns; Phi-3 has two, one for short contexts and one for long ones.
void DecoderReader::readRopeFactors() {
    RopeShape& rope = m_frame.parameters.rope;
    const std::uint32_t pairs = rope.rotated / 2;
    const bool isLongRope =
        m_file->text(std::string(m_file->requireText("general.architecture")) + ".rope.scaling.type") == "longrope";
    if (isLongRope || m_table.contains("rope_factors_short.weight") || m_table.contains("rope_factors_long.weight")) {
        rope.factors = m_table.vector("rope_factors_short.weight", pairs);
        rope.longFactors = m_table.vector("rope_factors_long.weight", pairs);
    } else {
        rope.factors = m_table.optionalVector("rope_freqs.weight", pairs);
    }
}

void DecoderReader::requireExperts() const {
    if (m_frame.parameters.experts.count > 0) return;
    throw Error(ErrorKind::badFile,
                "The model file is incomplete: its architecture is a mixture of experts, but it does "
                "not say how many there are (expert_count).");
}

bool DecoderReader::flag(const std::string& key) const {
    const std::string name = std::string(m_file->requireText("general.architecture")) + "." + key;
    const std::optional<bool> value = m_file->flag(name);
    if (!value) throw Error(ErrorKind::badFile, "The model file is incomplete: " + name + " is missing.");
    return *value;
}

void DecoderReader::readPositions() {
    const HyperParameters& p = m_frame.parameters;
    m_frame.positions = m_table.vectors("position_embd.weight", p.contextLength, p.embeddingLength);
}

/// Head h of a power of two of n heads: 2^(-8 (h + 1) / n). For another number of heads the first ones are those of the
/// power below it, and the rest every other one of the power above it (Press et al., 2021).
void DecoderReader::slopePositions() {
    const std::uint32_t heads = m_frame.parameters.headCount;
    const std::uint32_t whole = std::bit_floor(heads);
    std::vector<float> slopes;
    for (std::uint32_t head = 0; head < heads; ++head) {
        const std::uint32_t halves =
            head < whole ? 2 * (head + 1) : 2 * (head - whole) + 1;  // of the step between heads
        slopes.push_back(static_cast<float>(std::exp2(-4.0 * halves / whole)));
    }
    m_frame.slopes = m_table.constants("slopes of the heads", std::move(slopes));
}

void DecoderReader::windowAllBut(std::uint32_t n) {
    HyperParameters& p = m_frame.parameters;
    if (p.slidingWindow == 0) return;
    p.windows.assign(p.layerCount, p.slidingWindow);
    for (std::uint32_t layer = 0; layer < p.layerCount; ++layer) {
        if (n != 0 && layer % n == n - 1) p.windows[layer] = 0;
    }
}

ModelDefinition DecoderReader::define(DecoderWriter::LayerWriter writeLayer,
                                      const std::function<DecoderLayer(LayerReader&)>& readLayer) {
    const HyperParameters& p = m_frame.parameters;
    checkAttention();
    if (!m_encoder) readOutput();
    std::vector<DecoderLayer> layers;
    for (std::uint32_t index = 0; index < p.layerCount; ++index) {
        LayerReader reader(m_table, p, m_norm, m_normBias, index);
        layers.push_back(readLayer(reader));
    }
    ModelDefinition definition;
    definition.parameters = p;
    definition.weights = m_table.take();
    definition.program = [frame = m_frame, layers = std::move(layers), writeLayer](std::uint32_t tokenCount,
                                                                                   std::uint32_t outputRows) {
        return DecoderWriter(frame, tokenCount, outputRows).write(layers, writeLayer);
    };
    return definition;
}

}  // namespace lares::inference

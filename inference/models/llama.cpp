// "llama": Llama 1 to 3.3, Mistral, Yi and the many that share their shape. RMS norm before each block, rotary
// positions on adjacent pairs (the converter has permuted the weights so), grouped-query attention, SwiGLU. Biases on
// the attention matrices, rope_freqs (Llama 3.1) and an output matrix of its own are optional. The sliding window of
// Mistral 7B 0.1 is left out: its later versions dropped it. Mixtures of experts (Mixtral) are refused by the
// hyper-parameters.
#include "inference/models/architecture.h"

namespace lares::inference::llama {

namespace {

struct Layer {
    WeightId attentionNorm, query, key, value, attentionOutput;
    WeightId queryBias, keyBias, valueBias, attentionOutputBias;
    WeightId feedForwardNorm, gate, up, down;
};

struct Llama {
    HyperParameters parameters;
    WeightId embedding, outputNorm, output;
    std::vector<Layer> layers;
};

Layer readLayer(WeightTable& table, const HyperParameters& p, std::uint32_t index) {
    const std::string block = "blk." + std::to_string(index) + ".";
    const std::uint32_t queryWidth = p.headCount * p.headSize;
    const std::uint32_t kvWidth = p.kvWidth();
    Layer layer{};
    layer.attentionNorm = table.vector(block + "attn_norm.weight", p.embeddingLength);
    layer.query = table.matrix(block + "attn_q.weight", queryWidth, p.embeddingLength);
    layer.key = table.matrix(block + "attn_k.weight", kvWidth, p.embeddingLength);
    layer.value = table.matrix(block + "attn_v.weight", kvWidth, p.embeddingLength);
    layer.attentionOutput = table.matrix(block + "attn_output.weight", p.embeddingLength, queryWidth);
    layer.queryBias = table.optionalVector(block + "attn_q.bias", queryWidth);
    layer.keyBias = table.optionalVector(block + "attn_k.bias", kvWidth);
    layer.valueBias = table.optionalVector(block + "attn_v.bias", kvWidth);
    layer.attentionOutputBias = table.optionalVector(block + "attn_output.bias", p.embeddingLength);
    layer.feedForwardNorm = table.vector(block + "ffn_norm.weight", p.embeddingLength);
    layer.gate = table.matrix(block + "ffn_gate.weight", p.feedForwardLength, p.embeddingLength);
    layer.up = table.matrix(block + "ffn_up.weight", p.feedForwardLength, p.embeddingLength);
    layer.down = table.matrix(block + "ffn_down.weight", p.embeddingLength, p.feedForwardLength);
    return layer;
}

Program program(const Llama& model, std::uint32_t tokenCount, std::uint32_t outputRows) {
    const HyperParameters& p = model.parameters;
    const std::uint32_t kvWidth = p.kvWidth();
    const std::uint32_t queryWidth = p.headCount * p.headSize;
    ProgramBuilder builder(tokenCount, outputRows);
    ValueId x = builder.embed(model.embedding, p.embeddingLength);
    for (std::uint32_t index = 0; index < p.layerCount; ++index) {
        const Layer& layer = model.layers[index];
        const bool last = index + 1 == p.layerCount;
        const bool cacheOnly = last && outputRows == 0;  // nobody reads what comes behind the last cache

        // Steps that do not wait for each other stand side by side: the device may overlap them.
        const ValueId normed = builder.rmsNorm(x, layer.attentionNorm, p.normEpsilon);
        const ValueId keys = builder.matmul(layer.key, kvWidth, normed, layer.keyBias);
        const ValueId values = builder.matmul(layer.value, kvWidth, normed, layer.valueBias);
        const ValueId query = cacheOnly ? kNoValue : builder.matmul(layer.query, queryWidth, normed, layer.queryBias);
        builder.rope(keys, p.headCountKv, p.headSize, p.rope);
        if (!cacheOnly) builder.rope(query, p.headCount, p.headSize, p.rope);
        builder.storeKv(index, keys, values);
        if (cacheOnly) return builder.finish(std::nullopt);

        ValueId attended = builder.attention(index, query, p.headCount, p.headCountKv, p.headSize, p.attentionScale);
        if (last && outputRows < tokenCount) {  // behind the last attention a row only matters if its logits do
            attended = builder.gatherRows(attended);
            x = builder.gatherRows(x);
        }
        x = builder.matmul(layer.attentionOutput, p.embeddingLength, attended, layer.attentionOutputBias, x);

        const ValueId normed2 = builder.rmsNorm(x, layer.feedForwardNorm, p.normEpsilon);
        const ValueId gate = builder.matmul(layer.gate, p.feedForwardLength, normed2);
        const ValueId up = builder.matmul(layer.up, p.feedForwardLength, normed2);
        const ValueId gated = builder.gated(Activation::silu, gate, up);
        x = builder.matmul(layer.down, p.embeddingLength, gated, kNoWeight, x);
    }
    const ValueId normed = builder.rmsNorm(x, model.outputNorm, p.normEpsilon);
    return builder.finish(builder.matmul(model.output, p.vocabularySize, normed));
}

}  // namespace

ModelDefinition define(const SharedGguf& file) {
    Llama model;
    model.parameters = readHyperParameters(*file);
    HyperParameters& p = model.parameters;
    WeightTable table(file);
    model.embedding = table.matrix("token_embd.weight", p.vocabularySize, p.embeddingLength);
    model.outputNorm = table.vector("output_norm.weight", p.embeddingLength);
    model.output = table.optionalMatrix("output.weight", p.vocabularySize, p.embeddingLength);
    if (model.output == kNoWeight) model.output = model.embedding;
    p.rope.pairs = RopePairs::adjacent;
    p.rope.factors = table.optionalVector("rope_freqs.weight", p.rope.rotated / 2);
    for (std::uint32_t index = 0; index < p.layerCount; ++index) model.layers.push_back(readLayer(table, p, index));

    ModelDefinition definition;
    definition.parameters = p;
    definition.weights = table.take();
    definition.program = [model = std::move(model)](std::uint32_t tokenCount, std::uint32_t outputRows) {
        return program(model, tokenCount, outputRows);
    };
    return definition;
}

}  // namespace lares::inference::llama

// "stablelm": StableLM 3B and StableLM 2. Layer norms with biases around the parts of llama; positions turn a quarter
// of each head. The 12B has no second norm: there attention and feed-forward block stand side by side, and queries and
// keys are normed head by head.
#include "inference/models/decoder.h"

namespace lares::inference::stablelm {

namespace {

DecoderLayer readLayer(LayerReader& layer) {
    DecoderLayer parts{.attentionNorm = layer.norm("attn_norm"),
                       .attention = layer.attention(Bias::optional, Bias::none),
                       .feedForward = layer.gatedFeedForward(Activation::silu)};
    if (layer.contains("ffn_norm")) parts.feedForwardNorm = layer.norm("ffn_norm");
    if (layer.contains("attn_q_norm")) layer.headNorms(parts.attention, LayerReader::HeadWeights::own);
    return parts;
}

ValueId writeLayer(DecoderWriter& writer, const DecoderLayer& layer, ValueId x) {
    return layer.feedForwardNorm ? serialLayer(writer, layer, x) : parallelLayer(writer, layer, x);
}

}  // namespace

ModelDefinition define(const SharedGguf& file) {
    DecoderReader reader(file, NormKind::layer, Bias::required, RopePairs::halves);
    return reader.define(writeLayer, readLayer);
}

}  // namespace lares::inference::stablelm

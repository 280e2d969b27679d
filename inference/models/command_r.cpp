// "command-r": Command R and R+. Layer norms without biases; attention and feed-forward block side by side on the same
// norm; the embedding writes, and logits are scaled. R+ norms queries and keys, each head with weights of its own.
#include "inference/models/decoder.h"

namespace lares::inference::command_r {

ModelDefinition define(const SharedGguf& file) {
    DecoderReader reader(file, NormKind::layer, Bias::none, RopePairs::adjacent);
    return reader.define(parallelLayer, [](LayerReader& layer) {
        DecoderLayer parts{.attentionNorm = layer.norm("attn_norm"),
                           .attention = layer.attention(Bias::optional, Bias::optional),
                           .feedForward = layer.gatedFeedForward(Activation::silu)};
        if (layer.contains("attn_q_norm")) layer.headNorms(parts.attention, LayerReader::HeadWeights::own);
        return parts;
    });
}

}  // namespace lares::inference::command_r

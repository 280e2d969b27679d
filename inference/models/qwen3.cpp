// "qwen3": Qwen 3. As qwen2 without biases; queries and keys are normed head by head before positions turn them, and
// the heads together may be wider than the embedding.
#include "inference/models/decoder.h"

namespace lares::inference::qwen3 {

ModelDefinition define(const SharedGguf& file) {
    DecoderReader reader(file, NormKind::rms, Bias::none, RopePairs::halves);
    return reader.define(serialLayer, [](LayerReader& layer) {
        DecoderLayer parts{.attentionNorm = layer.norm("attn_norm"),
                           .attention = layer.attention(Bias::optional, Bias::none),
                           .feedForwardNorm = layer.norm("ffn_norm"),
                           .feedForward = layer.gatedFeedForward(Activation::silu)};
        layer.headNorms(parts.attention, LayerReader::HeadWeights::shared);
        return parts;
    });
}

}  // namespace lares::inference::qwen3

// "gpt2": GPT-2. Learned positions are added to the embedding, and none turn in the attention; layer norms with biases,
// biases everywhere, an ungated feed-forward block.
#include "inference/models/decoder.h"

namespace lares::inference::gpt2 {

ModelDefinition define(const SharedGguf& file) {
    DecoderReader reader(file, NormKind::layer, Bias::required, RopePairs::adjacent);
    reader.readPositions();
    return reader.define(serialLayer, [](LayerReader& layer) {
        DecoderLayer parts{.attentionNorm = layer.norm("attn_norm"),
                           .attention = layer.attention(Bias::required, Bias::required),
                           .feedForwardNorm = layer.norm("ffn_norm"),
                           .feedForward = layer.plainFeedForward(Activation::geluTanh, Bias::required)};
        parts.attention.rope = std::nullopt;
        return parts;
    });
}

}  // namespace lares::inference::gpt2

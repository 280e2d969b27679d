// "bloom": BLOOM and BLOOMZ (BigScience, 2022). As gpt2, but instead of having learned positions scores fall with the
// distance (ALiBi), and the embedding has a norm of its own. GELU is in the tanh form that it was trained with.
#include "inference/models/decoder.h"

namespace lares::inference::bloom {

ModelDefinition define(const SharedGguf& file) {
    DecoderReader reader(file, NormKind::layer, Bias::required, RopePairs::halves);
    reader.readEmbeddingNorm();
    reader.slopePositions();
    return reader.define(serialLayer, [](LayerReader& layer) {
        DecoderLayer parts{.attentionNorm = layer.norm("attn_norm"),
                           .attention = layer.attention(Bias::required, Bias::required),
                           .feedForwardNorm = layer.norm("ffn_norm"),
                           .feedForward = layer.plainFeedForward(Activation::geluTanh, Bias::required)};
        parts.attention.rope = std::nullopt;
        return parts;
    });
}

}  // namespace lares::inference::bloom

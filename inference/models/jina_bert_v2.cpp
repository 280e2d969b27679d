// "jina-bert-v2": jina-embeddings-v2 (Guenther et al., 2023), small and base, in several languages. As bert, but
// instead of having learned positions scores fall with the distance (ALiBi), and the feed-forward block is gated: gate
// and up are two matrices or, in newer files, one below the other in "ffn_up". GELU as in bert.
#include "inference/models/decoder.h"

namespace lares::inference::jina_bert_v2 {

ModelDefinition define(const SharedGguf& file) {
    DecoderReader reader(file, NormKind::layer, Bias::required, RopePairs::halves);
    reader.readEncoderFrame();
    reader.slopePositions();
    return reader.define(postNormLayer, [](LayerReader& layer) {
        DecoderLayer parts{.attentionPostNorm = layer.norm("attn_output_norm"),
                           .attention = layer.attention(Bias::required, Bias::required),
                           .feedForwardPostNorm = layer.norm("layer_output_norm")};
        parts.attention.rope = std::nullopt;
        parts.feedForward = layer.contains("ffn_gate") ? layer.gatedFeedForward(Activation::geluTanh, Bias::optional)
                                                       : layer.fusedFeedForward(Activation::geluTanh, Bias::optional);
        return parts;
    });
}

}  // namespace lares::inference::jina_bert_v2

// "nomic-bert": nomic-embed-text 1 and 1.5 (Nussbaum et al., 2024). As bert, but positions turn the halves of a head,
// matrices have no biases, and the feed-forward block is gated. Texts are to begin with what they are for
// ("search_query: ", "search_document: "); that is the caller's business.
#include "inference/models/decoder.h"

namespace lares::inference::nomic_bert {

ModelDefinition define(const SharedGguf& file) {
    DecoderReader reader(file, NormKind::layer, Bias::required, RopePairs::halves);
    reader.readEncoderFrame();
    return reader.define(postNormLayer, [](LayerReader& layer) {
        return DecoderLayer{.attentionPostNorm = layer.norm("attn_output_norm"),
                            .attention = layer.attention(Bias::none, Bias::none),
                            .feedForwardPostNorm = layer.norm("layer_output_norm"),
                            .feedForward = layer.gatedFeedForward(Activation::silu)};
    });
}

}  // namespace lares::inference::nomic_bert

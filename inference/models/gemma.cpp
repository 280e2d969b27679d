// "gemma": Gemma 1. The embedding is scaled by the square root of its width and serves as the output, too; GELU gates.
// The one that its norms add to their weights is in the file's weights already.
#include "inference/models/decoder.h"

#include <cmath>

namespace lares::inference::gemma {

ModelDefinition define(const SharedGguf& file) {
    DecoderReader reader(file, NormKind::rms, Bias::none, RopePairs::halves);
    HyperParameters& p = reader.parameters();
    p.embeddingScale = std::sqrt(static_cast<float>(p.embeddingLength));
    return reader.define(serialLayer, [](LayerReader& layer) {
        return DecoderLayer{.attentionNorm = layer.norm("attn_norm"),
                            .attention = layer.attention(Bias::none, Bias::none),
                            .feedForwardNorm = layer.norm("ffn_norm"),
                            .feedForward = layer.gatedFeedForward(Activation::geluTanh)};
    });
}

}  // namespace lares::inference::gemma

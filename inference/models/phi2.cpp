// "phi2": Phi-1, 1.5 and 2. Layer norms with biases, biases everywhere; attention and an ungated feed-forward block
// side by side on the same norm; positions turn a part of each head.
#include "inference/models/decoder.h"

namespace lares::inference::phi2 {

ModelDefinition define(const SharedGguf& file) {
    DecoderReader reader(file, NormKind::layer, Bias::required, RopePairs::halves);
    return reader.define(parallelLayer, [](LayerReader& layer) {
        return DecoderLayer{.attentionNorm = layer.norm("attn_norm"),
                            .attention = layer.attention(Bias::required, Bias::required),
                            .feedForward = layer.plainFeedForward(Activation::geluTanh, Bias::required)};
    });
}

}  // namespace lares::inference::phi2

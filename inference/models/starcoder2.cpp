// "starcoder2": StarCoder 2. Layer norms with biases, biases everywhere, an ungated feed-forward block; where the file
// gives a sliding window it holds for all layers.
#include "inference/models/decoder.h"

namespace lares::inference::starcoder2 {

ModelDefinition define(const SharedGguf& file) {
    DecoderReader reader(file, NormKind::layer, Bias::required, RopePairs::halves);
    reader.windowAllBut(0);
    return reader.define(serialLayer, [](LayerReader& layer) {
        return DecoderLayer{.attentionNorm = layer.norm("attn_norm"),
                            .attention = layer.attention(Bias::required, Bias::required),
                            .feedForwardNorm = layer.norm("ffn_norm"),
                            .feedForward = layer.plainFeedForward(Activation::geluTanh, Bias::required)};
    });
}

}  // namespace lares::inference::starcoder2

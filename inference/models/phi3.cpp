// "phi3": Phi-3, Phi-3.5 and the dense Phi-4. As llama, but query, key and value lie in one tensor, gate and up in
// another, and positions turn the halves of a head (or of a part of it) against each other. Long contexts have rope
// factors of their own. The early ones see a sliding window in all layers.
#include "inference/models/decoder.h"

namespace lares::inference::phi3 {

ModelDefinition define(const SharedGguf& file) {
    DecoderReader reader(file, NormKind::rms, Bias::none, RopePairs::halves);
    reader.windowAllBut(0);
    return reader.define(serialLayer, [](LayerReader& layer) {
        return DecoderLayer{.attentionNorm = layer.norm("attn_norm"),
                            .attention = layer.attention(Bias::none, Bias::none),
                            .feedForwardNorm = layer.norm("ffn_norm"),
                            .feedForward = layer.fusedFeedForward(Activation::silu)};
    });
}

}  // namespace lares::inference::phi3

// "qwen2": Qwen 2 and 2.5. As llama, but positions turn the halves of a head against each other, and query, key and
// value have biases. The small ones write with the embedding.
#include "inference/models/decoder.h"

namespace lares::inference::qwen2 {

ModelDefinition define(const SharedGguf& file) {
    DecoderReader reader(file, NormKind::rms, Bias::none, RopePairs::halves);
    return reader.define(serialLayer, [](LayerReader& layer) {
        return DecoderLayer{.attentionNorm = layer.norm("attn_norm"),
                            .attention = layer.attention(Bias::required, Bias::none),
                            .feedForwardNorm = layer.norm("ffn_norm"),
                            .feedForward = layer.gatedFeedForward(Activation::silu)};
    });
}

}  // namespace lares::inference::qwen2

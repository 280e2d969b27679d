// "granite": IBM Granite 3. As llama, with scales on the embedding, on what each block adds, on scores, and on logits,
// which are divided by theirs.
#include "inference/models/decoder.h"

namespace lares::inference::granite {

ModelDefinition define(const SharedGguf& file) {
    DecoderReader reader(file, NormKind::rms, Bias::none, RopePairs::adjacent);
    HyperParameters& p = reader.parameters();
    p.logitScale = 1 / p.logitScale;
    return reader.define(serialLayer, [](LayerReader& layer) {
        return DecoderLayer{.attentionNorm = layer.norm("attn_norm"),
                            .attention = layer.attention(Bias::optional, Bias::optional),
                            .feedForwardNorm = layer.norm("ffn_norm"),
                            .feedForward = layer.gatedFeedForward(Activation::silu, Bias::optional)};
    });
}

}  // namespace lares::inference::granite

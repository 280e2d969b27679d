// "llama": Llama 1 to 3.3, Mistral (Nemo with its narrower heads, too), Mixtral, Yi, SmolLM and the many that share
// their shape. RMS norm before each block, rotary positions on adjacent pairs (the converter has permuted the weights
// so), grouped-query attention, SwiGLU; in Mixtral a mixture of experts whose weights are renormalised. Biases,
// rope_freqs (Llama 3.1) and an output matrix of its own are optional. The sliding window of Mistral 7B 0.1 is left
// out: its later versions dropped it.
#include "inference/models/decoder.h"

namespace lares::inference::llama {

ModelDefinition define(const SharedGguf& file) {
    DecoderReader reader(file, NormKind::rms, Bias::none, RopePairs::adjacent);
    HyperParameters& p = reader.parameters();
    p.slidingWindow = 0;
    p.experts.renormalise = true;
    if (p.experts.length == 0) p.experts.length = p.feedForwardLength;
    return reader.define(serialLayer, [](LayerReader& layer) {
        DecoderLayer parts{.attentionNorm = layer.norm("attn_norm"),
                           .attention = layer.attention(Bias::optional, Bias::optional),
                           .feedForwardNorm = layer.norm("ffn_norm")};
        if (layer.hasExperts()) {
            parts.experts = layer.experts();
        } else {
            parts.feedForward = layer.gatedFeedForward(Activation::silu, Bias::optional);
        }
        return parts;
    });
}

}  // namespace lares::inference::llama

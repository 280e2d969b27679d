// "llama": Llama 1 to 3.3, Mistral (Nemo with its narrower heads, too), Yi, SmolLM and the many that share their shape.
// RMS norm before each block, rotary positions on adjacent pairs (the converter has permuted the weights so),
// grouped-query attention, SwiGLU. Biases, rope_freqs (Llama 3.1) and an output matrix of its own are optional. The
// sliding window of Mistral 7B 0.1 is left out: its later versions dropped it. Mixtures of experts (Mixtral) are
// refused by the hyper-parameters.
#include "inference/models/decoder.h"

namespace lares::inference::llama {

ModelDefinition define(const SharedGguf& file) {
    DecoderReader reader(file, NormKind::rms, Bias::none, RopePairs::adjacent);
    reader.parameters().slidingWindow = 0;
    return reader.define(serialLayer, [](LayerReader& layer) {
        return DecoderLayer{.attentionNorm = layer.norm("attn_norm"),
                            .attention = layer.attention(Bias::optional, Bias::optional),
                            .feedForwardNorm = layer.norm("ffn_norm"),
                            .feedForward = layer.gatedFeedForward(Activation::silu, Bias::optional)};
    });
}

}  // namespace lares::inference::llama

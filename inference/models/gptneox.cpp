// "gptneox": GPT-NeoX, Pythia, Dolly 2. Layer norms with biases, biases everywhere, an ungated feed-forward block with
// a norm of its own, beside the attention or behind it as the file says; positions turn a part of each head.
#include "inference/models/decoder.h"

namespace lares::inference::gptneox {

ModelDefinition define(const SharedGguf& file) {
    DecoderReader reader(file, NormKind::layer, Bias::required, RopePairs::halves);
    return reader.define(reader.flag("use_parallel_residual") ? parallelLayer : serialLayer, [](LayerReader& layer) {
        return DecoderLayer{.attentionNorm = layer.norm("attn_norm"),
                            .attention = layer.attention(Bias::required, Bias::required),
                            .feedForwardNorm = layer.norm("ffn_norm"),
                            .feedForward = layer.plainFeedForward(Activation::geluTanh, Bias::required)};
    });
}

}  // namespace lares::inference::gptneox

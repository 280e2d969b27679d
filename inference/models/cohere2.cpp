// "cohere2": Command R7B and Command A. As command-r, but three of four layers see a sliding window, and positions turn
// there alone: the layers that see everything do not know where anything is.
#include "inference/models/decoder.h"

namespace lares::inference::cohere2 {

ModelDefinition define(const SharedGguf& file) {
    DecoderReader reader(file, NormKind::layer, Bias::none, RopePairs::adjacent);
    const HyperParameters& p = reader.parameters();
    if (p.slidingWindow == 0) {
        throw Error(ErrorKind::badFile, "The model file is incomplete: cohere2.attention.sliding_window is missing.");
    }
    reader.windowAllBut(4);
    return reader.define(parallelLayer, [&p](LayerReader& layer) {
        DecoderLayer parts{.attentionNorm = layer.norm("attn_norm"),
                           .attention = layer.attention(Bias::optional, Bias::optional),
                           .feedForward = layer.gatedFeedForward(Activation::silu)};
        if (p.window(layer.index()) == 0) parts.attention.rope = std::nullopt;
        return parts;
    });
}

}  // namespace lares::inference::cohere2

// "olmo2": OLMo 2 and 3. Norms stand behind the blocks instead of before them; queries and keys are normed over all
// their heads together. OLMo 3 adds a sliding window in three of four layers, where positions are not stretched.
#include "inference/models/decoder.h"

namespace lares::inference::olmo2 {

ModelDefinition define(const SharedGguf& file) {
    DecoderReader reader(file, NormKind::rms, Bias::none, RopePairs::halves);
    const HyperParameters& p = reader.parameters();
    reader.windowAllBut(4);
    const RopeShape windowedRope{.pairs = p.rope.pairs, .rotated = p.rope.rotated, .base = p.rope.base};
    return reader.define(serialLayer, [&p, windowedRope](LayerReader& layer) {
        DecoderLayer parts{.attentionPostNorm = layer.norm("post_attention_norm"),
                           .attention = layer.attention(Bias::none, Bias::none),
                           .feedForwardPostNorm = layer.norm("post_ffw_norm"),
                           .feedForward = layer.gatedFeedForward(Activation::silu)};
        layer.headNorms(parts.attention, LayerReader::HeadWeights::joint);
        if (p.window(layer.index()) != 0) parts.attention.rope = windowedRope;
        return parts;
    });
}

}  // namespace lares::inference::olmo2

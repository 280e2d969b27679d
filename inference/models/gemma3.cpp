// "gemma3": the text part of Gemma 3. As gemma2 without soft caps; queries and keys are normed head by head. Five of
// six layers see a sliding window, and there positions turn by a base of their own, unstretched. Queries of the largest
// (62 layers) are scaled by the embedding's share of a head and not by the head's size.
#include "inference/models/decoder.h"

#include <cmath>

namespace lares::inference::gemma3 {

namespace {

constexpr std::uint32_t kLayersOf27b = 62;

}  // namespace

ModelDefinition define(const SharedGguf& file) {
    DecoderReader reader(file, NormKind::rms, Bias::none, RopePairs::halves);
    HyperParameters& p = reader.parameters();
    const auto width = static_cast<float>(p.embeddingLength);
    p.embeddingScale = std::sqrt(width);
    if (p.layerCount == kLayersOf27b) p.attentionScale = 1 / std::sqrt(width / static_cast<float>(p.headCount));
    reader.windowAllBut(6);
    const RopeShape windowedRope{.pairs = p.rope.pairs,
                                 .rotated = p.rope.rotated,
                                 .base = p.windowedRopeBase != 0 ? p.windowedRopeBase : 10000.0f};
    return reader.define(serialLayer, [&p, windowedRope](LayerReader& layer) {
        DecoderLayer parts{.attentionNorm = layer.norm("attn_norm"),
                           .attentionPostNorm = layer.norm("post_attention_norm"),
                           .attention = layer.attention(Bias::none, Bias::none),
                           .feedForwardNorm = layer.norm("ffn_norm"),
                           .feedForwardPostNorm = layer.norm("post_ffw_norm"),
                           .feedForward = layer.gatedFeedForward(Activation::geluTanh)};
        layer.headNorms(parts.attention, LayerReader::HeadWeights::shared);
        if (p.window(layer.index()) != 0) parts.attention.rope = windowedRope;
        return parts;
    });
}

}  // namespace lares::inference::gemma3

// "gemma2": Gemma 2. As gemma, with norms behind the blocks as well as before them, soft caps on scores and logits, and
// a sliding window in every other layer. Files from before its caps and window had keys go by their usual values.
// Queries of the largest (46 layers) are scaled by the embedding's share of a head and not by the head's size.
#include "inference/models/decoder.h"

#include <cmath>

namespace lares::inference::gemma2 {

namespace {

constexpr std::uint32_t kLayersOf27b = 46;

}  // namespace

ModelDefinition define(const SharedGguf& file) {
    DecoderReader reader(file, NormKind::rms, Bias::none, RopePairs::halves);
    HyperParameters& p = reader.parameters();
    const auto width = static_cast<float>(p.embeddingLength);
    p.embeddingScale = std::sqrt(width);
    if (p.attentionSoftCap == 0) p.attentionSoftCap = 50;
    if (p.logitSoftCap == 0) p.logitSoftCap = 30;
    if (p.slidingWindow == 0) p.slidingWindow = 4096;
    if (p.layerCount == kLayersOf27b) p.attentionScale = 1 / std::sqrt(width / static_cast<float>(p.headCount));
    reader.windowAllBut(2);
    return reader.define(serialLayer, [](LayerReader& layer) {
        return DecoderLayer{.attentionNorm = layer.norm("attn_norm"),
                            .attentionPostNorm = layer.norm("post_attention_norm"),
                            .attention = layer.attention(Bias::none, Bias::none),
                            .feedForwardNorm = layer.norm("ffn_norm"),
                            .feedForwardPostNorm = layer.norm("post_ffw_norm"),
                            .feedForward = layer.gatedFeedForward(Activation::geluTanh)};
    });
}

}  // namespace lares::inference::gemma2

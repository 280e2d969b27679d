// "gpt-oss": gpt-oss 20B and 120B (OpenAI, 2025). Each head has a sink, a learned score in its softmax without a value;
// every other layer, from the first on, sees a sliding window alone; biases stand everywhere, the router's and the
// experts' included; gates are clamped, and up counts one more. The weights of the chosen experts are the softmax over
// their own scores.
//
// YaRN as the makers compute it (gpt_oss/torch/model.py): the edges of what is scaled are not rounded to whole pairs.
// llama.cpp rounds them, and so gives slightly other numbers.
#include "inference/models/decoder.h"

#include <algorithm>

namespace lares::inference::gpt_oss {

ModelDefinition define(const SharedGguf& file) {
    DecoderReader reader(file, NormKind::rms, Bias::none, RopePairs::halves);
    reader.requireExperts();
    HyperParameters& p = reader.parameters();
    p.experts.renormalise = true;
    if (p.experts.length == 0) p.experts.length = p.feedForwardLength;
    if (p.rope.unscaledUntil >= 0) {
        p.rope.unscaledUntil = static_cast<float>(std::max(0.0, pairOfTurns(p.rope, 32)));
        p.rope.scaledFrom = static_cast<float>(std::min(p.rope.rotated - 1.0, pairOfTurns(p.rope, 1)));
    }
    reader.windowAllBut(2);
    return reader.define(serialLayer, [](LayerReader& layer) {
        DecoderLayer parts{.attentionNorm = layer.norm("attn_norm"),
                           .attention = layer.attention(Bias::required, Bias::required),
                           .feedForwardNorm = layer.norm("post_attention_norm"),
                           .experts = layer.experts(Activation::clampedSilu, Bias::required)};
        layer.sinks(parts.attention);
        return parts;
    });
}

}  // namespace lares::inference::gpt_oss

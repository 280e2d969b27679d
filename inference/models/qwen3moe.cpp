// "qwen3moe": Qwen 3 30B-A3B and 235B-A22B. Attention as in qwen3; the feed-forward blocks are mixtures of experts
// whose weights are renormalised.
#include "inference/models/decoder.h"

#include <algorithm>

namespace lares::inference::qwen3moe {

ModelDefinition define(const SharedGguf& file) {
    DecoderReader reader(file, NormKind::rms, Bias::none, RopePairs::halves);
    reader.requireExperts();
    ExpertParameters& experts = reader.parameters().experts;
    experts.renormalise = true;
    if (experts.length == 0) experts.length = std::max(reader.parameters().feedForwardLength / experts.used, 1u);
    return reader.define(serialLayer, [](LayerReader& layer) {
        DecoderLayer parts{.attentionNorm = layer.norm("attn_norm"),
                           .attention = layer.attention(Bias::optional, Bias::none),
                           .feedForwardNorm = layer.norm("ffn_norm"),
                           .experts = layer.experts()};
        layer.headNorms(parts.attention, LayerReader::HeadWeights::shared);
        return parts;
    });
}

}  // namespace lares::inference::qwen3moe

// "qwen2moe": Qwen 1.5 MoE and Qwen 2 57B-A14B. Attention as in qwen2. The feed-forward blocks are mixtures of experts
// whose weights are shares of all experts, not renormalised, and beside them one expert that every token uses, weighed
// by a gate of its own.
#include "inference/models/decoder.h"

#include <algorithm>

namespace lares::inference::qwen2moe {

ModelDefinition define(const SharedGguf& file) {
    DecoderReader reader(file, NormKind::rms, Bias::none, RopePairs::halves);
    reader.requireExperts();
    ExpertParameters& experts = reader.parameters().experts;
    const std::uint32_t together = reader.parameters().feedForwardLength;
    if (experts.length == 0) experts.length = std::max(together / experts.used, 1u);
    if (experts.sharedLength == 0) experts.sharedLength = together;
    return reader.define(serialLayer, [](LayerReader& layer) {
        return DecoderLayer{.attentionNorm = layer.norm("attn_norm"),
                            .attention = layer.attention(Bias::required, Bias::none),
                            .feedForwardNorm = layer.norm("ffn_norm"),
                            .experts = layer.expertsAndShared()};
    });
}

}  // namespace lares::inference::qwen2moe

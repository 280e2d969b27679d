// "phimoe": Phi-3.5-MoE and the smaller Phi-mini-MoE and Phi-tiny-MoE (Microsoft, 2024 and 2025). Attention as in phi3
// with matrices and biases of its own for query, key and value; layer norms with biases; two of the experts for each
// token.
//
// Computed as the makers do (their modeling_phimoe.py, and transformers' after it). llama.cpp, for which the files are
// written, differs in three things, so its numbers are not these:
// - Norms are layer norms. Their epsilon stands under the RMS norms' key.
// - The router is SparseMixer: the experts are chosen one after the other, each weight is a share of those scores that
//   are left and close to the chosen one's, and so two clear choices count 1 each (Gating::sparseMixer).
// - With the rope factors of long contexts, cosine and sine are multiplied by the makers' "short_mscale" and
//   "long_mscale", both 1.243163121016122, that converters leave out of the files.
#include "inference/models/decoder.h"

namespace lares::inference::phimoe {

namespace {

constexpr float kLongRopeMagnitude = 1.243163121016122f;

}  // namespace

ModelDefinition define(const SharedGguf& file) {
    DecoderReader reader(file, NormKind::layer, Bias::required, RopePairs::halves);
    reader.requireExperts();
    HyperParameters& p = reader.parameters();
    p.experts.gating = Gating::sparseMixer;
    if (p.experts.length == 0) p.experts.length = p.feedForwardLength;
    if (p.rope.longFactors != kNoWeight) p.rope.magnitude = kLongRopeMagnitude;
    reader.windowAllBut(0);
    return reader.define(serialLayer, [](LayerReader& layer) {
        return DecoderLayer{.attentionNorm = layer.norm("attn_norm"),
                            .attention = layer.attention(Bias::optional, Bias::optional),
                            .feedForwardNorm = layer.norm("ffn_norm"),
                            .experts = layer.experts()};
    });
}

}  // namespace lares::inference::phimoe

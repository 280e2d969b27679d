// "bert": BERT (Devlin et al., 2018) and the many embedding models of its shape: all-MiniLM, bge, e5, and with the
// vocabulary of XLM-R multilingual ones. Learned positions, norms behind the sums, biases everywhere, an ungated
// feed-forward block. GELU is in its tanh form, as everybody computes these files; the models were trained with erf,
// which differs by less than their weights are rounded.
#include "inference/models/decoder.h"

namespace lares::inference::bert {

ModelDefinition define(const SharedGguf& file) {
    DecoderReader reader(file, NormKind::layer, Bias::required, RopePairs::halves);
    reader.readEncoderFrame();
    reader.readPositions();
    return reader.define(postNormLayer, [](LayerReader& layer) {
        DecoderLayer parts{.attentionPostNorm = layer.norm("attn_output_norm"),
                           .attention = layer.attention(Bias::required, Bias::required),
                           .feedForwardPostNorm = layer.norm("layer_output_norm"),
                           .feedForward = layer.plainFeedForward(Activation::geluTanh, Bias::required)};
        parts.attention.rope = std::nullopt;
        return parts;
    });
}

}  // namespace lares::inference::bert

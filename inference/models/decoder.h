// What decoder-only architectures are made of: norms, attention, feed-forward blocks, and the ways to put them
// together. Encoders are made of the same; they differ in what stands around the layers, and their attention sees the
// whole text. A file of this folder says which of them its architecture has and under which names; what is peculiar to
// it (scales, windows, caps) it sets in the hyper-parameters. Whoever needs another way of joining the blocks writes a
// LayerWriter of its own.
#pragma once

#include "inference/models/architecture.h"

#include <functional>
#include <optional>

namespace lares::inference {

enum class Bias { none, optional, required };

/// Of rows, or of each of the segments (heads) of a row.
struct Norm {
    NormKind kind = NormKind::rms;
    WeightId weight = kNoWeight;
    WeightId bias = kNoWeight;
    std::uint32_t segments = 1;
    bool ownWeights = false;  ///< for each segment
};

struct Linear {
    WeightId weight = kNoWeight;
    WeightId bias = kNoWeight;
    std::uint32_t rows = 0;  ///< width of the result
};

struct AttentionBlock {
    Linear query, key, value, output;
    std::optional<Norm> queryNorm{}, keyNorm{};  ///< before the rotation
    std::optional<RopeShape> rope{};             ///< nullopt: positions do not turn here
    WeightId sinks = kNoWeight;
};

struct FeedForward {
    Activation activation = Activation::silu;
    std::optional<Linear> gate{};  ///< with a gate: activation(gate) * up, without: activation(up)
    Linear up{}, down{};
};

/// A router gives each token to the few experts of highest score, each of them a gated block of its own. Their shapes
/// and the way they are weighed are in the hyper-parameters.
struct ExpertBlock {
    Activation activation = Activation::silu;
    Linear router{};
    WeightId gate = kNoWeight, up = kNoWeight, down = kNoWeight;              ///< of all experts
    WeightId gateBias = kNoWeight, upBias = kNoWeight, downBias = kNoWeight;  ///< as these
    std::optional<FeedForward> shared{};                                      ///< the expert that all tokens use
    Linear sharedGate{};                                                      ///< its weight is the sigmoid of this
};

struct DecoderLayer {
    std::optional<Norm> attentionNorm{}, attentionPostNorm{};  ///< of what goes into the block, and behind it
    AttentionBlock attention{};
    std::optional<Norm> feedForwardNorm{}, feedForwardPostNorm{};
    FeedForward feedForward{};
    std::optional<ExpertBlock> experts{};  ///< in place of `feedForward`
};

/// Everything around the layers.
struct DecoderFrame {
    HyperParameters parameters;
    WeightId embedding = kNoWeight;
    WeightId positions = kNoWeight;  ///< learned ones, [contextLength, embedding]
    WeightId tokenType = kNoWeight;  ///< added to every row
    WeightId slopes = kNoWeight;     ///< of the heads: scores fall with the distance (ALiBi)
    std::optional<Norm> embeddingNorm{}, outputNorm{};
    std::optional<Linear> output{};  ///< none: the rows themselves are wanted, for an embedding
};

/// Writes the operations of one step, layer by layer. After the last layer's cache, where no output is wanted, its
/// verbs write nothing more.
class DecoderWriter {
 public:
    DecoderWriter(const DecoderFrame& frame, std::uint32_t tokenCount, std::uint32_t outputRows);

    /// `in` itself where there is no norm.
    ValueId norm(ValueId in, const std::optional<Norm>& norm);
    /// Of the rows that are wanted(): what the heads have gathered, before the output matrix.
    ValueId attention(const AttentionBlock& block, ValueId in);
    /// What goes into the down matrix.
    ValueId feedForward(const FeedForward& block, ValueId in);
    /// x + linear(in), with the norm of a block's result in between where there is one.
    ValueId added(ValueId x, const Linear& linear, ValueId in, const std::optional<Norm>& postNorm);
    /// x + the mixture over `in`.
    ValueId addedExperts(ValueId x, const ExpertBlock& block, ValueId in);
    /// Behind the last attention a row only matters if its logits do: those rows; anywhere else all of them.
    ValueId wanted(ValueId in);

    using LayerWriter = ValueId (*)(DecoderWriter& writer, const DecoderLayer& layer, ValueId x);
    Program write(const std::vector<DecoderLayer>& layers, LayerWriter writeLayer);

 private:
    ValueId linear(const Linear& linear, ValueId in);
    bool lastLayer() const { return m_layer + 1 == m_frame.parameters.layerCount; }

    const DecoderFrame& m_frame;
    ProgramBuilder m_builder;
    std::uint32_t m_layer = 0;
    bool m_ended = false;
};

/// x + attention(norm(x)), and to that its feedForward(norm(...)).
ValueId serialLayer(DecoderWriter& writer, const DecoderLayer& layer, ValueId x);
/// x + attention(norm(x)) + feedForward(norm(x)); without a norm of its own the feed-forward block shares the other.
ValueId parallelLayer(DecoderWriter& writer, const DecoderLayer& layer, ValueId x);

/// With the norms behind the sums: norm(x + attention(x)), and of that norm(x + feedForward(x)).
ValueId postNormLayer(DecoderWriter& writer, const DecoderLayer& layer, ValueId x);

/// Asks for the tensors of one layer, "blk.N.<name>.weight" and ".bias".
class LayerReader {
 public:
    LayerReader(WeightTable& table, const HyperParameters& parameters, NormKind norm, Bias normBias,
                std::uint32_t index)
        : m_table(table), m_parameters(parameters), m_norm(norm), m_normBias(normBias), m_index(index) {}

    std::uint32_t index() const { return m_index; }
    bool contains(const std::string& name) const { return m_table.contains(block() + name + ".weight"); }

    /// Of the embedding's width.
    Norm norm(const std::string& name);
    /// Query, key and value, side by side in "attn_qkv" or one by one, and the output; turned by the parameters' rope.
    AttentionBlock attention(Bias bias, Bias outputBias);
    enum class HeadWeights {
        shared,  ///< each head is normed by itself, all with the same weights
        own,     ///< each head is normed by itself, with weights of its own
        joint,   ///< the row is normed as a whole
    };
    /// "attn_sinks".
    void sinks(AttentionBlock& block);
    /// attn_q_norm and attn_k_norm.
    void headNorms(AttentionBlock& block, HeadWeights weights);
    FeedForward gatedFeedForward(Activation activation, Bias bias = Bias::none);
    /// Gate and up side by side in "ffn_up".
    FeedForward fusedFeedForward(Activation activation, Bias downBias = Bias::none);
    FeedForward plainFeedForward(Activation activation, Bias bias);
    bool hasExperts() const { return m_parameters.experts.count > 0; }
    /// `bias`: of the router and of each expert's matrices.
    ExpertBlock experts(Activation activation = Activation::silu, Bias bias = Bias::none);
    /// And "ffn_*_shexp", with a gate.
    ExpertBlock expertsAndShared();

 private:
    std::string block() const { return "blk." + std::to_string(m_index) + "."; }
    Linear linear(const std::string& name, Part rows, std::uint32_t columns, Bias bias);
    Linear linear(const std::string& name, std::uint32_t rows, std::uint32_t columns, Bias bias);

    WeightTable& m_table;
    const HyperParameters& m_parameters;
    NormKind m_norm;
    Bias m_normBias;
    std::uint32_t m_index;
};

/// Reads a model: the hyper-parameters and the embedding at once, the rest when the architecture has set what it wants
/// to in the hyper-parameters.
class DecoderReader {
 public:
    DecoderReader(const SharedGguf& file, NormKind norm, Bias normBias, RopePairs pairs);

    HyperParameters& parameters() { return m_frame.parameters; }
    /// Throws badFile for a file without experts.
    void requireExperts() const;
    /// A value under the architecture's prefix that belongs to this architecture alone.
    bool flag(const std::string& key) const;
    /// "position_embd": learned positions, as many as the context is long.
    void readPositions();
    /// "token_embd_norm".
    void readEmbeddingNorm();
    /// Scores fall with the distance of the positions, in each head by another slope, down to 2^-8: ALiBi.
    void slopePositions();
    /// For an encoder, BERT's way: one token type for all, a norm of the embedding, no norm or matrix at the end. Where
    /// the file does not say how rows become an embedding it is by their mean, as for most of them.
    void readEncoderFrame();
    /// Every n-th layer sees all positions, the others the sliding window; 0: no layer sees all. Nothing happens where
    /// the file gives no window.
    void windowAllBut(std::uint32_t n);

    ModelDefinition define(DecoderWriter::LayerWriter writeLayer,
                           const std::function<DecoderLayer(LayerReader&)>& readLayer);

 private:
    void readRopeFactors();
    void readOutput();
    void checkAttention() const;

    SharedGguf m_file;
    WeightTable m_table;
    NormKind m_norm;
    Bias m_normBias;
    DecoderFrame m_frame;
    bool m_encoder = false;
};

}  // namespace lares::inference

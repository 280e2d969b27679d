// A model of a known architecture, ready to be loaded onto something that computes: its numbers, its weights as they
// lie in the file, and the operations of a step. Made by inference/models, which has checked all of it against the
// file.
#pragma once

#include "inference/program/operation.h"
#include "inference/program/weight.h"

#include <functional>
#include <vector>

namespace lares::inference {

/// Of models whose feed-forward blocks are mixtures of experts.
struct ExpertParameters {
    std::uint32_t count = 0;         ///< 0: the model is no such mixture
    std::uint32_t used = 0;          ///< by each token
    std::uint32_t length = 0;        ///< feed-forward length of one expert
    std::uint32_t sharedLength = 0;  ///< of the expert that all tokens use; 0: there is none
    Gating gating = Gating::softmax;
    bool renormalise = false;  ///< the weights of the chosen ones add up to 1 before they are scaled
    float weightScale = 1;
};

/// How the rows behind the last layer, one for each token of a text, become the embedding of the text: their mean, or
/// one of them.
enum class Pooling { none, mean, first, last };

/// The numbers that every transformer has.
struct HyperParameters {
    std::uint32_t contextLength = 0;
    std::uint32_t embeddingLength = 0;
    std::uint32_t layerCount = 0;
    std::uint32_t feedForwardLength = 0;
    std::uint32_t headCount = 0;
    std::uint32_t headCountKv = 0;  ///< divides headCount
    std::uint32_t headSize = 0;
    std::uint32_t vocabularySize = 0;
    float normEpsilon = 0;
    float attentionScale = 0;
    float attentionSoftCap = 0;          ///< of scores; 0: none
    float logitSoftCap = 0;              ///< 0: none
    float embeddingScale = 1;            ///< of the rows of the embedding
    float residualScale = 1;             ///< of what a block adds
    float logitScale = 1;                ///< of the output
    std::uint32_t slidingWindow = 0;     ///< positions that windowed layers see; which ones is up to the architecture
    std::vector<std::uint32_t> windows;  ///< by layer, 0: it sees all positions; empty: all layers do
    RopeShape rope;
    float windowedRopeBase = 0;  ///< in place of rope.base in windowed layers; 0: no such base is given
    ExpertParameters experts;
    Pooling pooling = Pooling::none;  ///< none: the model writes text; else it makes embeddings
    bool causal = true;               ///< else attention sees the whole text, which has to come in one step

    std::uint32_t kvWidth() const { return headCountKv * headSize; }
    /// Of the rows that a Program gives.
    std::uint32_t outputWidth() const { return pooling == Pooling::none ? vocabularySize : embeddingLength; }
    std::uint32_t window(std::uint32_t layer) const { return windows.empty() ? 0 : windows[layer]; }
};

struct ModelDefinition {
    HyperParameters parameters;
    std::vector<WeightSource> weights;  ///< WeightId is the index
    /// The operations that take `tokenCount` tokens and give the logits (or embeddings, see Pooling) of `outputRows` of
    /// them, in rising order.
    std::function<Program(std::uint32_t tokenCount, std::uint32_t outputRows)> program;
};

}  // namespace lares::inference

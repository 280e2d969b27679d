// A model of a known architecture, ready to be loaded onto something that computes: its numbers, its weights as they
// lie in the file, and the operations of a step. Made by inference/models, which has checked all of it against the
// file.
#pragma once

#include "inference/program/operation.h"
#include "inference/program/weight.h"

#include <functional>
#include <vector>

namespace lares::inference {

/// The numbers that every decoder-only transformer has.
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
    RopeShape rope;

    std::uint32_t kvWidth() const { return headCountKv * headSize; }
};

struct ModelDefinition {
    HyperParameters parameters;
    std::vector<WeightSource> weights;  ///< WeightId is the index
    /// The operations that take `tokenCount` tokens and give the logits of `outputRows` of them, in rising order.
    std::function<Program(std::uint32_t tokenCount, std::uint32_t outputRows)> program;
};

}  // namespace lares::inference

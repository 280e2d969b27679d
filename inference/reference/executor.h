// Runs a model's operations in double precision on the CPU, from the exactly dequantised weights: the truth that every
// other way of computing is tested against. Slow on purpose; not part of the product.
#pragma once

#include "inference/program/model_definition.h"
#include "inference/types.h"

#include <span>
#include <vector>

namespace lares::inference::reference {

class Executor {
 public:
    /// Reads and dequantises all weights. `contextLength` decides between the rope factors of a model that has two
    /// sets. Throws Error io.
    explicit Executor(const ModelDefinition& model, std::uint32_t contextLength = 0);

    /// Takes the tokens at `position`, everything before being in the cache, and gives the logits, or what Program
    /// says, of the tokens at `outputRows` (rising): [outputRows.size(), HyperParameters::outputWidth()].
    std::vector<double> step(std::span<const TokenId> tokens, std::uint32_t position,
                             std::span<const std::uint32_t> outputRows);

 private:
    struct Cache {
        std::vector<double> keys, values;
    };
    struct Step;

    std::function<Program(std::uint32_t, std::uint32_t)> m_program;
    std::uint32_t m_contextLength;
    std::vector<std::vector<float>> m_weights;
    std::vector<Cache> m_caches;
};

}  // namespace lares::inference::reference

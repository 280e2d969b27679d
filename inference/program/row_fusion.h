// Finds, in a program for a few tokens, the operations that vulkan/kernels/row_product does in one dispatch: a matrix
// product with the norm before it and what is made of it; gate and up with the gate; queries, keys and values with
// their way into the cache; a token's experts. The rest stays as it is.
//
// A layer of the usual kind becomes five steps: queries, keys and values; attention; output; gate and up; down.
#pragma once

#include "inference/program/operation.h"

#include <functional>
#include <optional>
#include <variant>
#include <vector>

namespace lares::inference {

/// A norm that is folded into the product behind it.
struct FoldedNorm {
    WeightId weight;
    WeightId bias;  ///< or kNoWeight
    bool centred;   ///< layer norm
    float epsilon;
};

/// What a fused product reads.
struct FusedInput {
    ValueId in;
    std::optional<FoldedNorm> norm;
};

/// out = activation(scale * (weight * norm(in) + bias)) + residual.
struct FusedMatmul {
    Matmul matmul;  ///< `in` is FusedInput::in, `out` what the activation gives where there is one
    FusedInput input;
    std::optional<Activation> activation;
};

struct FusedGate {
    Matmul gate, up;
    Gated gated;
    FusedInput input;
};

struct FusedQkv {
    Matmul query, key, value;
    StoreKv store;
    std::optional<Rope> rope;  ///< of queries, and with fewer heads of keys
    FusedInput input;
};

/// Of the experts of one token.
struct FusedExpertGate {
    ExpertMatmul gate, up;
    Gated gated;
    FusedInput input;
};

struct FusedExpertSum {
    ExpertMatmul matmul;
    CombineExperts combine;
};

using FusedStep = std::variant<Operation, FusedMatmul, FusedGate, FusedQkv, FusedExpertGate, FusedExpertSum>;

/// `fusable` says of a weight whether its product can be done so, or that of so many experts at once; `together` of two
/// whether they lie one under the other.
struct FusionRules {
    std::function<bool(WeightId)> fusable;
    std::function<bool(WeightId, std::uint32_t used)> expertsFusable;
    std::function<bool(WeightId upper, WeightId lower)> together;
};

struct FusedProgram {
    std::vector<FusedStep> steps;  ///< in the order of computation
    std::vector<Value> values;     ///< the program's, placed anew
    std::uint64_t scratchSize = 0;
};

FusedProgram fuseRows(const Program& program, const FusionRules& rules);

}  // namespace lares::inference

// Low-rank changes of a model's weights, computed beside them: W stands for W + scale * up * down, and W itself is left
// alone, quantised or not. A product then takes two small products more, y = W x + scale * up (down x). (LoRA: Hu et
// al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021.)
//
// The list of operations is rewritten where it multiplies by a changed weight or looks rows up in one, so neither the
// architectures nor whoever computes the list knows of it, and the scale is a number in the list like any other. What
// comes from a file and which weights it changes is inference/models/lora_adapter.
#pragma once

#include "inference/program/operation.h"

#include <span>

namespace lares::inference {

/// Of a weight [rows, columns]. `down` is a matrix [rank, columns] and `up` one [rows, rank] where products are
/// changed; for lookups `down` is a table [rows, rank] and `up` a matrix [columns, rank], so that row r changes by
/// up * (row r of down).
struct LowRankChange {
    WeightId weight = kNoWeight;
    WeightId down = kNoWeight;
    WeightId up = kNoWeight;
    std::uint32_t rank = 0;
    float scale = 1.0f;
};

/// What a program does with a matrix: multiply by it, look rows up in it, or both (an embedding that is the output,
/// too). `other`: neither.
enum class MatrixUse { other, product, lookup, both };
MatrixUse matrixUse(const Program& program, WeightId weight);

/// The program with all of the changes, those of the same weight added up. No weight that is used both ways is changed.
Program withChanges(Program program, std::span<const LowRankChange> changes);

}  // namespace lares::inference

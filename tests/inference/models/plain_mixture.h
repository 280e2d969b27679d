// gpt-oss and Phi-3.5-MoE written out from their makers' formulas, in double precision, without the list of operations,
// its builder or its reference: two ways to the same numbers are seldom wrong together.
#pragma once

#include "inference/gguf/gguf_file.h"
#include "inference/types.h"

#include <span>
#include <vector>

namespace lares::tests {

/// The logits of every token, [tokens, vocabulary], of a "gpt-oss" or "phimoe" file whose heads are `heads`, and in
/// whose context there are no more positions than the model was first trained for.
std::vector<std::vector<double>> plainMixture(const inference::GgufFile& file, std::uint32_t heads,
                                              std::span<const inference::TokenId> tokens);

}  // namespace lares::tests

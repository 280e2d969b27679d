// BERT's kin written out from the papers' formulas, in double precision, without the list of operations, its builder or
// its reference: two ways to the same numbers are seldom wrong together.
#pragma once

#include "inference/gguf/gguf_file.h"
#include "inference/types.h"

#include <span>
#include <vector>

namespace lares::tests {

/// The rows behind the last layer, [tokens, embedding_length], of a "bert", "nomic-bert" or "jina-bert-v2" file whose
/// tensors are all f32 and whose heads are `heads`.
std::vector<std::vector<double>> plainEncoder(const inference::GgufFile& file, std::uint32_t heads,
                                              std::span<const inference::TokenId> tokens);

}  // namespace lares::tests

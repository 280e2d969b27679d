// SentencePiece-like encoding ("llama"): characters are joined pair by pair, always the pair whose joined token has the
// highest score; what is no token becomes bytes. Source: the SentencePiece paper's BPE mode, as GGUF vocabularies store
// it.
#pragma once

#include "inference/tokenizer/vocabulary.h"

#include <string_view>
#include <vector>

namespace lares::inference {

/// Appends the tokens of `text`, in which blanks are already U+2581. O(n log n).
void encodeSpm(const Vocabulary& vocabulary, std::string_view text, std::vector<TokenId>& out);

}  // namespace lares::inference

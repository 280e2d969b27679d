// WordPiece ("bert"): text is stripped of case, accents and control characters, cut into words at white space, around
// punctuation and around CJK ideographs, and every word is covered by the longest token from its left. GGUF files write
// the beginning of a word as U+2581 and leave the "##" of the original off. Source: Devlin et al. 2018 and its release.
#pragma once

#include "inference/tokenizer/prefix_index.h"
#include "inference/tokenizer/pretokenizer.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lares::inference {

class WordPieceEncoder {
 public:
    /// The vocabulary must outlive the encoder. `lowerCase`: also takes the accents off.
    WordPieceEncoder(const Vocabulary& vocabulary, bool lowerCase);
    WordPieceEncoder(WordPieceEncoder&&) noexcept;
    WordPieceEncoder& operator=(WordPieceEncoder&&) noexcept;
    ~WordPieceEncoder();

    /// Appends the tokens of `text`. A word that the vocabulary cannot cover is one unknown token, or nothing.
    void encode(std::string_view text, std::vector<TokenId>& out) const;

 private:
    class Cleaner;
    void encodeWord(std::string_view word, std::vector<TokenId>& out) const;

    const Vocabulary* m_vocabulary;
    bool m_lowerCase;
    PrefixIndex m_index;
    Pretokenizer m_words;
    std::unique_ptr<const Cleaner> m_cleaner;
};

}  // namespace lares::inference

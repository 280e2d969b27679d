// Byte-level BPE ("gpt2"): the bytes of a word are joined pair by pair in the order of the merge list. Tokens are
// written in the GPT-2 alphabet, which has a printable letter for every byte. Cutting text into words is
// pretokenizer.h's business. Source: Sennrich et al. 2016 and the GPT-2 release.
#pragma once

#include "inference/tokenizer/vocabulary.h"

#include <array>
#include <string_view>
#include <vector>

namespace lares::inference {

/// What a byte-level token stands for: letters of the GPT-2 alphabet become their bytes, anything else stays as it is.
std::string bytesOfBpeName(std::string_view name);

class BpeEncoder {
 public:
    /// `merges`: "left right" each, in rising rank; entries that are not of that form are left out. `wholeWords`: a
    /// word that is itself a token is taken whole, whatever the merges would say. The vocabulary must outlive the
    /// encoder.
    BpeEncoder(const Vocabulary& vocabulary, const std::vector<std::string_view>& merges, bool wholeWords);

    /// What encode() needs besides, to be used again from word to word.
    struct Scratch;

    /// Appends the tokens of each word. O(n log n) in the length of a word.
    void encode(const std::vector<std::string_view>& words, std::vector<TokenId>& out) const;

 private:
    /// A symbol is a token id, or a number past the vocabulary for something that only occurs inside merges.
    using SymbolId = std::uint32_t;

    struct Merge {
        SymbolId left, right;
        std::uint32_t rank;
        SymbolId result;
    };

    const Merge* find(SymbolId left, SymbolId right) const;
    void encodeWord(std::string_view word, Scratch& scratch, std::vector<TokenId>& out) const;
    void emit(SymbolId symbol, std::string_view bytes, std::vector<TokenId>& out) const;

    const Vocabulary* m_vocabulary;
    bool m_wholeWords;
    std::array<SymbolId, 256> m_byteSymbols{};
    std::vector<Merge> m_merges;           ///< by left, right
    std::vector<std::uint32_t> m_firstOf;  ///< where a left symbol's merges begin; one more at the end
};

}  // namespace lares::inference

// Unigram ("t5": T5, XLM-R): text is normalised by the model's character map, then covered by the tokens whose scores
// have the greatest sum (Viterbi). Source: Kudo 2018 and SentencePiece.
#pragma once

#include "inference/tokenizer/charsmap.h"
#include "inference/tokenizer/prefix_index.h"

#include <string>
#include <string_view>
#include <vector>

namespace lares::inference {

class UnigramEncoder {
 public:
    struct Options {
        bool spacePrefix = true;  ///< a blank goes before the text
        bool mergeSpaces = true;  ///< runs of blanks are one, none at the end
    };

    /// The vocabulary must outlive the encoder.
    UnigramEncoder(const Vocabulary& vocabulary, Charsmap charsmap, Options options);

    /// Appends the tokens of `text`. Neighbouring characters without a token are one unknown token. Linear in the
    /// length; about 20 bytes of memory per byte.
    void encode(std::string_view text, std::vector<TokenId>& out) const;

 private:
    std::string normalised(std::string_view text) const;

    const Vocabulary* m_vocabulary;
    Charsmap m_charsmap;
    Options m_options;
    PrefixIndex m_index;
    double m_unknownScore = 0;
};

}  // namespace lares::inference

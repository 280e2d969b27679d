// Cuts a text at the tokens that are written out in it whole: user-defined ones everywhere, control tokens only where
// the caller allows it. What lies between is ordinary text for spm.h or bpe.h.
#pragma once

#include "inference/tokenizer/tokenizer.h"
#include "inference/tokenizer/vocabulary.h"

#include <string_view>
#include <vector>

namespace lares::inference {

/// Either a token (id >= 0) or a stretch of ordinary text.
struct Fragment {
    std::string_view text;
    TokenId token = Vocabulary::kNone;
};

class SpecialSplitter {
 public:
    /// What the original tokenizers of some models do around control tokens, and their files do not say.
    struct Habits {
        bool stripsAfter = false;       ///< white space behind them is swallowed (Phi-3)
        bool stripsBeforeMask = false;  ///< white space before <mask> is swallowed (Jina v2)
    };
    SpecialSplitter(const Vocabulary& vocabulary, Habits habits);

    /// A stretch [begin, end) of the text where control tokens count.
    struct Range {
        std::size_t begin, end;
    };

    /// Longer tokens are looked for first, equal ones by rising id. `allowed`: rising, not touching each other.
    std::vector<Fragment> split(std::string_view text, std::span<const Range> allowed) const;

 private:
    struct Special {
        std::string name;
        TokenId id;
        bool control;
        bool stripsAfter, stripsBefore;
    };
    std::vector<Special> m_specials;  ///< longest first
};

}  // namespace lares::inference

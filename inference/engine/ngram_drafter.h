// Guesses how a text goes on without a second model: where its last tokens stood before, it is likely to go on as it
// did then. Summaries, rewritings and answers about code copy much of their prompt; other texts are rarely guessed.
// The index is that of LZ77 compressors: the latest place of every pair of tokens, and behind each place the one
// before. Source: Saxena 2023 (prompt lookup decoding), Yang et al. 2023 (inference with reference).
#pragma once

#include "inference/types.h"

#include <cstdint>
#include <span>
#include <vector>

namespace lares::inference {

class NgramDrafter {
 public:
    static constexpr std::uint32_t kShortest = 2;  ///< tokens that have to be alike
    static constexpr std::uint32_t kLongest = 8;   ///< more than this make no better guess

    /// For texts of up to `mostTokens`; takes 8 to 12 bytes for each, now.
    explicit NgramDrafter(std::size_t mostTokens);

    /// Fills `draft` (not empty) with a guess of how `text` goes on, which never ends early: a copy that reaches the
    /// end of the text goes on with itself. The longest match counts, of equal ones the latest. Returns its length,
    /// kShortest .. kLongest, or 0 when there is none and `draft` is as it was. From call to call `text` only grows.
    /// Asks for no memory; the time is that of the tokens which are new.
    std::uint32_t propose(std::span<const TokenId> text, std::span<TokenId> draft);

 private:
    static constexpr std::uint32_t kMostTried = 16;  ///< places compared; old ones of a frequent pair are left out

    std::uint32_t& latest(std::span<const TokenId> text, std::uint32_t end);
    void index(std::span<const TokenId> text);

    std::vector<std::uint32_t> m_latest;  ///< by hash of a pair of tokens: the position behind it; 0: none
    std::vector<std::uint32_t> m_before;  ///< by position behind a pair: that of the place before with the same hash
    std::uint32_t m_hashShift;
};

}  // namespace lares::inference

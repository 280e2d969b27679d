// The logits of one token after the other, as Context::append gives them, but with several tokens computed in one step
// where the text seems to repeat what was there before. The caller samples from each row as if there were no guessing:
// a row counts only when the token before it is what was guessed, so the answer is the one that it would be without: in
// every bit where a device computes a row alike whether it comes alone or with others (Session::computesRowsAlike).
#pragma once

#include "inference/engine/draft_policy.h"
#include "inference/engine/ngram_drafter.h"
#include "inference/program/context.h"

namespace lares::inference {

class Lookahead {
 public:
    /// For one answer in `context`, which holds its prompt, and whose `costs` are kept from answer to answer. Both
    /// outlive it.
    Lookahead(Context& context, StepCosts& costs, Drafting drafting);

    /// The logits behind `text`: all that is in the context and one token more, and since the call before it has grown
    /// by one token. Good until the next call, and may be written to. There is room for a token in the context.
    std::span<float> next(std::span<const TokenId> text);

    std::uint32_t draftedTokens() const { return m_drafted; }    ///< guesses that were checked
    std::uint32_t acceptedTokens() const { return m_accepted; }  ///< of them, right

 private:
    bool takeGuessed(TokenId token);
    std::uint32_t draftLength(std::span<const TokenId> text);
    std::span<float> row(std::size_t index) const;

    Context& m_context;
    StepCosts& m_costs;
    Drafting m_drafting;
    NgramDrafter m_drafter;
    DraftPolicy m_policy;
    std::array<TokenId, 1 + DraftPolicy::kLong> m_step{};  ///< the last token of the text, then guesses
    std::uint32_t m_matchLength = 0;                       ///< behind them; 0: there are none
    std::uint32_t m_guessed = 0;                           ///< of them, computed
    std::uint32_t m_right = 0;                             ///< of these, sampled so far
    std::span<float> m_logits;                             ///< [1 + m_guessed, vocabulary]
    std::uint32_t m_drafted = 0, m_accepted = 0;
};

}  // namespace lares::inference

#include "inference/engine/lookahead.h"

#include <cassert>
#include <chrono>

namespace lares::inference {

Lookahead::Lookahead(Context& context, StepCosts& costs, Drafting drafting)
    : m_context(context),
      m_costs(costs),
      m_drafting(drafting == Drafting::automatic && !context.computesRowsAlike() ? Drafting::off : drafting),
      m_drafter(m_drafting == Drafting::off ? 0 : context.capacity()) {}

std::span<float> Lookahead::next(std::span<const TokenId> text) {
    assert(!text.empty());
    if (takeGuessed(text.back())) return row(m_right);
    m_context.truncate(static_cast<std::uint32_t>(text.size() - 1));

    m_step[0] = text.back();
    m_guessed = draftLength(text);
    m_right = 0;
    m_drafted += m_guessed;
    const auto start = std::chrono::steady_clock::now();
    m_logits = m_context.append(std::span(m_step).first(1 + m_guessed));
    m_costs.note(1 + m_guessed, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    return row(0);
}

/// Whether the step before has computed what follows `token`. If not, it is over, and says how good its guesses were.
bool Lookahead::takeGuessed(TokenId token) {
    if (m_right < m_guessed && token == m_step[1 + m_right]) {
        ++m_right;
        ++m_accepted;
        return true;
    }
    if (m_guessed > 0) {
        m_policy.note(m_matchLength, m_guessed, m_right);
    } else if (m_matchLength > 0) {  // guessed, but not computed
        m_policy.note(m_matchLength, 1, token == m_step[1] ? 1 : 0);
    }
    return false;
}

/// Guesses are in m_step then, whether they are to be computed or not.
std::uint32_t Lookahead::draftLength(std::span<const TokenId> text) {
    m_matchLength = m_drafting == Drafting::off ? 0 : m_drafter.propose(text, std::span(m_step).subspan(1));
    if (m_matchLength == 0) return 0;
    const std::uint32_t length =
        m_drafting == Drafting::always ? DraftPolicy::kLong : m_policy.draftLength(m_matchLength, m_costs);
    const std::uint32_t room = std::min(m_context.mostAppended(), m_context.capacity() - m_context.length());
    return length < room ? length : 0;
}

std::span<float> Lookahead::row(std::size_t index) const {
    const std::size_t width = m_logits.size() / (1 + m_guessed);
    return m_logits.subspan(index * width, width);
}

}  // namespace lares::inference

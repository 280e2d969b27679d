// The tokens whose keys and values lie in the cache, and what can be done with them: bring the cache to the state of a
// prompt (keeping what it shares with the one before), go on by one token or by a few, and take back the last of them.
#pragma once

#include "inference/program/session.h"

#include <algorithm>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

namespace lares::inference {

class Context {
 public:
    /// `session` outlives the context.
    explicit Context(Session& session);

    std::uint32_t length() const { return static_cast<std::uint32_t>(m_tokens.size()); }
    std::uint32_t capacity() const { return m_session.shape().contextLength; }

    struct Prefilled {
        std::uint32_t reusedTokens = 0;
        std::span<float> logits;  ///< of the last token [vocabulary], valid until the next step; empty: it was stopped
    };

    /// `prompt`: 1 .. capacity() tokens. What it shares with the tokens in the cache is not computed again, unless the
    /// cache has lost what the first new token would see (layers with a window): then all of it is. `stop` is read
    /// before every chunk; `onTokens` (may be empty) is told how many tokens of the prompt are in the cache. What was
    /// computed before a stop or an error stays usable.
    Prefilled prefill(std::span<const TokenId> prompt, const std::function<void(std::uint32_t)>& onTokens,
                      std::stop_token stop);

    /// Takes one more token; length() < capacity(). The logits after it, valid until the next step.
    std::span<float> append(TokenId token);

    bool computesRowsAlike() const { return m_session.computesRowsAlike(); }  ///< see Session

    /// Tokens that append() takes at once: as many as cost a device little more than one.
    std::uint32_t mostAppended() const { return std::min(kMostAppended, m_session.mostOutputRows()); }

    /// Takes 1 .. mostAppended() more, for which there is room. The logits after each of them, [tokens.size(),
    /// vocabulary], valid until the next step.
    std::span<float> append(std::span<const TokenId> tokens);

    /// Forgets the tokens from `length` on. That goes back into the last step (an append()) from wherever it was; no
    /// further where layers have a window (see Session::holds).
    void truncate(std::uint32_t length);

    /// One pass over `tokens` from an empty cache; `onLogits` is given each of `positions` (rising) with its logits, or
    /// with its row behind the last layer where the model makes embeddings.
    void score(std::span<const TokenId> tokens, std::span<const std::uint32_t> positions,
               const std::function<void(std::uint32_t position, std::span<const float>)>& onLogits);

    void clear() { m_tokens.clear(); }

 private:
    static constexpr std::uint32_t kMostAppended = 8;

    std::span<float> step(std::span<const TokenId> tokens, std::span<const std::uint32_t> outputRows);

    Session& m_session;
    std::vector<TokenId> m_tokens;
};

}  // namespace lares::inference

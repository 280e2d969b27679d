#include "inference/program/context.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <numeric>

namespace lares::inference {

Context::Context(Session& session) : m_session(session) {
    m_tokens.reserve(capacity());
}

Context::Prefilled Context::prefill(std::span<const TokenId> prompt, const std::function<void(std::uint32_t)>& onTokens,
                                    std::stop_token stop) {
    assert(!prompt.empty() && prompt.size() <= capacity());
    const auto shared = std::mismatch(m_tokens.begin(), m_tokens.end(), prompt.begin(), prompt.end());
    // The last token is computed in any case: its logits are what the caller wants.
    const auto alike =
        std::min<std::size_t>(static_cast<std::size_t>(shared.first - m_tokens.begin()), prompt.size() - 1);
    const std::size_t reused = m_session.holds(static_cast<std::uint32_t>(alike)) ? alike : 0;
    m_tokens.resize(reused);

    Prefilled result{static_cast<std::uint32_t>(reused), {}};
    while (m_tokens.size() < prompt.size()) {
        if (stop.stop_requested()) return result;
        const std::size_t rest = prompt.size() - m_tokens.size();
        const auto count = static_cast<std::uint32_t>(std::min<std::size_t>(rest, m_session.shape().chunkLength));
        const std::uint32_t lastRow = count - 1;
        const std::span wanted(&lastRow, count == rest ? 1 : 0);
        result.logits = step(prompt.subspan(m_tokens.size(), count), wanted);
        if (onTokens) onTokens(length());
    }
    return result;
}

std::span<float> Context::append(TokenId token) {
    constexpr std::uint32_t kOnlyRow = 0;
    return step(std::span(&token, 1), std::span(&kOnlyRow, 1));
}

std::span<float> Context::append(std::span<const TokenId> tokens) {
    assert(!tokens.empty() && tokens.size() <= mostAppended() && length() + tokens.size() <= capacity());
    std::array<std::uint32_t, kMostAppended> rows;
    std::iota(rows.begin(), rows.end(), 0u);
    return step(tokens, std::span(rows).first(tokens.size()));
}

void Context::truncate(std::uint32_t length) {
    assert(length <= m_tokens.size() && m_session.holds(length));
    m_tokens.resize(length);
}

void Context::score(std::span<const TokenId> tokens, std::span<const std::uint32_t> positions,
                    const std::function<void(std::uint32_t, std::span<const float>)>& onLogits) {
    assert(!tokens.empty() && tokens.size() <= capacity());
    clear();
    while (length() < tokens.size()) {
        const std::uint32_t begin = length();
        std::uint32_t end =
            static_cast<std::uint32_t>(std::min<std::size_t>(tokens.size(), begin + m_session.shape().chunkLength));
        std::vector<std::uint32_t> rows;
        while (rows.size() < positions.size() && positions[rows.size()] < end) {
            if (rows.size() == m_session.mostOutputRows()) {
                end = positions[rows.size()];  // the rest of the outputs come with the next step
                break;
            }
            rows.push_back(positions[rows.size()] - begin);
        }
        const std::span<float> logits = step(tokens.subspan(begin, end - begin), rows);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const std::size_t width = logits.size() / rows.size();
            onLogits(positions[i], logits.subspan(i * width, width));
        }
        positions = positions.subspan(rows.size());
    }
}

std::span<float> Context::step(std::span<const TokenId> tokens, std::span<const std::uint32_t> outputRows) {
    const std::span<float> logits = m_session.step(tokens, length(), outputRows);
    m_tokens.insert(m_tokens.end(), tokens.begin(), tokens.end());
    return logits;
}

}  // namespace lares::inference

#include "inference/engine/ngram_drafter.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace lares::inference {

namespace {

/// Tokens alike before `a` and before `b`, kLongest at most; a < b.
std::uint32_t alikeBefore(std::span<const TokenId> text, std::uint32_t a, std::uint32_t b) {
    std::uint32_t length = 0;
    while (length < NgramDrafter::kLongest && length < a && text[a - 1 - length] == text[b - 1 - length]) ++length;
    return length;
}

}  // namespace

NgramDrafter::NgramDrafter(std::size_t mostTokens) : m_latest(std::bit_ceil(std::max<std::size_t>(mostTokens, 2))) {
    m_before.reserve(mostTokens + 1);
    m_before.assign(kShortest, 0);
    m_hashShift = 64 - static_cast<std::uint32_t>(std::countr_zero(m_latest.size()));
}

std::uint32_t NgramDrafter::propose(std::span<const TokenId> text, std::span<TokenId> draft) {
    assert(!draft.empty());
    const auto end = static_cast<std::uint32_t>(text.size());
    if (end < kShortest) return 0;
    index(text);
    std::uint32_t longest = 0, source = 0;
    std::uint32_t place = latest(text, end);
    for (std::uint32_t tried = 0; place != 0 && tried < kMostTried && longest < kLongest; ++tried) {
        const std::uint32_t length = alikeBefore(text, place, end);
        if (length > longest) {
            longest = length;
            source = place;
        }
        place = m_before[place];
    }
    if (longest < kShortest) return 0;
    for (std::uint32_t i = 0; i < draft.size(); ++i) {
        const std::uint32_t from = source + i;
        draft[i] = from < end ? text[from] : draft[from - end];
    }
    return longest;
}

/// Of the pair that ends before `end`.
std::uint32_t& NgramDrafter::latest(std::span<const TokenId> text, std::uint32_t end) {
    const std::uint64_t pair =
        std::uint64_t{static_cast<std::uint32_t>(text[end - 2])} << 32 | static_cast<std::uint32_t>(text[end - 1]);
    return m_latest[(pair * 0x9E3779B97F4A7C15u) >> m_hashShift];
}

/// The pairs that something follows: the last one of the text does not know yet what.
void NgramDrafter::index(std::span<const TokenId> text) {
    while (m_before.size() < text.size()) {
        const auto end = static_cast<std::uint32_t>(m_before.size());
        std::uint32_t& last = latest(text, end);
        m_before.push_back(last);
        last = end;
    }
}

}  // namespace lares::inference

// Which tokens does a text begin with? A sorted list of names, narrowed byte by byte: for the kinds of vocabulary that
// match whole tokens against a text (wordpiece.h, unigram.h).
#pragma once

#include "inference/tokenizer/vocabulary.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace lares::inference {

class PrefixIndex {
 public:
    /// Names longer than this are left out, so that no text takes more than linear time. Real ones are far shorter.
    static constexpr std::size_t kLongestName = 256;

    /// Of the tokens that ordinary text may become. The vocabulary must outlive the index.
    explicit PrefixIndex(const Vocabulary& vocabulary);

    /// Calls onToken(id, bytes of its name) for every token that `text` begins with, the shortest first.
    template <typename OnToken>
    void forEach(std::string_view text, OnToken onToken) const {
        if (text.empty()) {
            return;
        }
        const auto first = static_cast<std::uint8_t>(text[0]);
        auto begin = m_tokens.begin() + m_firstOf[first], end = m_tokens.begin() + m_firstOf[first + 1u];
        for (std::size_t depth = 1; begin != end; ++depth) {
            if (begin->name.size() == depth) {
                onToken(begin->id, depth);
                ++begin;
            }
            if (depth == text.size()) {
                return;
            }
            const auto byteAt = [depth](const Token& token) { return static_cast<std::uint8_t>(token.name[depth]); };
            // Two searches, not equal_range: the subrange that returns is beyond Clang 14 with this library.
            const auto next = static_cast<std::uint8_t>(text[depth]);
            begin = std::ranges::lower_bound(begin, end, next, {}, byteAt);
            end = std::ranges::upper_bound(begin, end, next, {}, byteAt);
        }
    }

 private:
    struct Token {
        std::string_view name;
        TokenId id;
    };
    std::vector<Token> m_tokens;                ///< by name
    std::array<std::ptrdiff_t, 257> m_firstOf;  ///< where the names with a first byte begin
};

}  // namespace lares::inference

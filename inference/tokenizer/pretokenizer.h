// Runs the expressions of one pretokenizer_table.h row over a text, with PCRE2. The expressions are ours, the text is
// not: it may be long, strange, or no UTF-8 at all.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace lares::inference {

class Pretokenizer {
 public:
    /// The patterns are compiled once. A pattern that does not compile is a broken promise.
    explicit Pretokenizer(std::span<const std::string_view> patterns);
    Pretokenizer(Pretokenizer&&) noexcept;
    Pretokenizer& operator=(Pretokenizer&&) noexcept;
    ~Pretokenizer();

    /// The words of `text`, none empty, which together are the text again. What a pattern does not match stays together
    /// as a word of its own; bytes that are not UTF-8 are words of one byte. Throws badRequest when a search takes too
    /// long.
    std::vector<std::string_view> split(std::string_view text) const;

 private:
    class Expression;
    std::vector<Expression> m_expressions;
};

}  // namespace lares::inference

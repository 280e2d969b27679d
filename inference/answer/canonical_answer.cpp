#include "inference/answer/canonical_answer.h"

#include <algorithm>
#include <utility>

namespace lares::inference {

namespace {

constexpr std::string_view kOpen = "<think>", kClose = "</think>";
constexpr std::string_view kSpaces = " \t\r\n";

}  // namespace

AnswerPiece CanonicalAnswer::push(AnswerPiece piece) {
    const bool thinking = piece.kind == AnswerPiece::Kind::thinking;
    if (std::exchange(m_thinking, thinking) == thinking) {
        return piece;
    }
    std::string before(thinking ? kOpen : kClose);
    if (!thinking && !piece.text.starts_with('\n')) {
        before += "\n\n";
    }
    piece.text.insert(0, before);
    return piece;
}

std::string withoutThinking(std::string_view canonical) {
    const std::size_t first = std::min(canonical.find_first_not_of(kSpaces), canonical.size());
    if (!canonical.substr(first).starts_with(kOpen)) {
        return std::string(canonical);
    }
    const std::size_t close = canonical.find(kClose);
    if (close == std::string_view::npos) {
        return {};
    }
    const std::string_view rest = canonical.substr(close + kClose.size());
    return std::string(rest.substr(std::min(rest.find_first_not_of(kSpaces), rest.size())));
}

}  // namespace lares::inference

// Text from strangers, made safe to show on one line: no control, escape, bidi or invisible formatting characters,
// valid UTF-8, bounded. Not an HTML escape: the views show plain text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lares::inference {

/// `text` with every unsafe character dropped, white space made single blanks, invalid UTF-8 made U+FFFD, and cut to
/// `maxCharacters` (then ending in an ellipsis).
std::string safeText(std::string_view text, std::size_t maxCharacters = 200);

/// safeText in quotation marks, for names inside a sentence.
std::string inQuotes(std::string_view text);

}  // namespace lares::inference

// Python's literals: numbers and the escapes of strings.
#pragma once

#include "inference/template/value.h"

#include <optional>
#include <string>
#include <string_view>

namespace lares::inference::jinja {

/// The number `text` begins with (a digit is there); `length` becomes its bytes. `indexOnly`: no fraction, no exponent.
/// nullopt when it is too large for Int.
std::optional<Value> parseNumber(std::string_view text, bool indexOnly, std::size_t& length);

/// int(text, base) with Python's rules (white space around, sign, underscores, prefixes); nullopt when it is none.
std::optional<Int> parseInteger(std::string_view text, int base = 10);
/// float(text); nullopt when it is none.
std::optional<double> parseReal(std::string_view text);

/// The inside of a string literal with its escapes resolved; unknown escapes stay as they are. nullopt for a damaged
/// \x, \u or \U escape and for \N.
std::optional<std::string> unescape(std::string_view literal);

}  // namespace lares::inference::jinja

// How values become text: str(), repr() and json.dumps() of Python. Provenance of the strings inside is kept.
#pragma once

#include "inference/template/value.h"

#include <optional>

namespace lares::inference::jinja {

Text toText(Run& run, const Value& value);    ///< str()
Text reprText(Run& run, const Value& value);  ///< repr()

struct JsonStyle {
    std::optional<std::string> indent;  ///< one level; absent: one line
    std::string itemSeparator = ", ", keySeparator = ": ";
    bool ensureAscii = false;
    bool sortKeys = false;
};
/// Throws type for values that JSON has no form for.
Text toJson(Run& run, const Value& value, const JsonStyle& style);

std::string formatInteger(Int value);
std::string formatReal(double value);  ///< Python's repr: shortest that reads back the same, always with "." or "e"
std::string escapeHtml(std::string_view text);
Text escapeHtml(const Text& text);

}  // namespace lares::inference::jinja

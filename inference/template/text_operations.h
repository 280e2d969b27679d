// What string methods and filters share. All of it keeps provenance and reports its cost.
#pragma once

#include "inference/template/value.h"

#include <optional>

namespace lares::inference::jinja {

enum class Side { left, right, both };

/// Without the characters of `characters` at the ends; absent: white space.
Text strip(Run& run, const Text& text, Side side, const std::optional<std::string>& characters = std::nullopt);
/// `limit` < 0: all.
Text replaceAll(Run& run, const Text& text, const Text& from, const Text& to, Int limit);
Text joinTexts(Run& run, const std::vector<Text>& parts, const Text& separator);
std::vector<Text> splitLines(Run& run, const Text& text, bool keepEnds = false);
/// At white space; `limit` < 0: everywhere.
std::vector<Text> splitWords(Run& run, const Text& text, Int limit = -1);
/// With `count` copies of `fill` before and after.
Text padded(Run& run, const Text& text, std::size_t before, std::size_t after, std::string_view fill = " ");
/// The result of a change that moves characters about: marked as a whole when anything in `from` was.
Text derived(std::string bytes, const Text& from);
Text capitalized(const Text& text);

}  // namespace lares::inference::jinja

// Reads the calls out of what a model wrote where calls stand.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lares::inference {

/// Each call as {"name": ..., "arguments": {...}} on one line, from: one JSON object, or an array of them, with "name"
/// or "tool_name" and "arguments" or "parameters" (an object, or a string that holds one; none: {}); or a name before
/// an object of arguments, name[ARGS]{...}. With a `name` from elsewhere the text is the arguments alone. Empty when
/// the text is anything else.
std::vector<std::string> parseToolCalls(std::string_view text, std::string_view name = {});

}  // namespace lares::inference

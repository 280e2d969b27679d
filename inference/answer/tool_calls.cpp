#include "inference/answer/tool_calls.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

namespace lares::inference {

namespace {

using Json = nlohmann::ordered_json;

Json parsed(std::string_view text) {
    return Json::parse(text, nullptr, false);
}

std::string line(std::string_view name, const Json& arguments) {
    const Json call = {{"name", std::string(name)}, {"arguments", arguments}};
    return call.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<std::string> callOf(const Json& value) {
    if (!value.is_object()) {
        return std::nullopt;
    }
    const auto member = [&](const char* one, const char* other) {
        return value.contains(one) ? value.at(one) : value.contains(other) ? value.at(other) : Json();
    };
    const Json name = member("name", "tool_name");
    Json arguments = member("arguments", "parameters");
    if (arguments.is_string()) {
        arguments = parsed(arguments.get<std::string>());
    } else if (arguments.is_null()) {
        arguments = Json::object();
    }
    if (!name.is_string() || !arguments.is_object()) {
        return std::nullopt;
    }
    return line(name.get<std::string>(), arguments);
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpaces = " \t\r\n";
    const std::size_t first = std::min(text.find_first_not_of(kSpaces), text.size());
    text.remove_prefix(first);
    return text.substr(0, text.find_last_not_of(kSpaces) + 1);
}

/// name[ARGS]{...}, name[CALL_ID]id[ARGS]{...}, name{...}
std::vector<std::string> namedCall(std::string_view text) {
    const auto inName = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("_-.").find(c) != std::string_view::npos;
    };
    const std::size_t brace = text.find('{');
    const std::size_t end = std::min(text.find('['), brace);
    if (brace == std::string_view::npos || end == 0) {
        return {};
    }
    const std::string_view name = trimmed(text.substr(0, end));
    const Json arguments = parsed(text.substr(brace));
    if (name.empty() || !std::ranges::all_of(name, inName) || !arguments.is_object()) {
        return {};
    }
    return {line(name, arguments)};
}

}  // namespace

std::vector<std::string> parseToolCalls(std::string_view text, std::string_view name) {
    text = trimmed(text);
    const Json value = parsed(text);
    if (!name.empty()) {
        return value.is_object() ? std::vector<std::string>{line(name, value)} : std::vector<std::string>();
    }
    if (value.is_discarded()) {
        return namedCall(text);
    }
    std::vector<std::string> calls;
    for (const Json& each : value.is_array() ? value : Json::array({value})) {
        const auto call = callOf(each);
        if (!call) {
            return {};
        }
        calls.push_back(*call);
    }
    return calls;
}

}  // namespace lares::inference

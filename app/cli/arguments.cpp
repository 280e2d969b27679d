#include "app/cli/arguments.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace lares::cli {

namespace {

template <typename T>
T parsed(std::string_view name, std::string_view text, const char* what) {
    T value{};
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size()) {
        throw UsageError(std::string(name) + " needs " + what + ", not \"" + std::string(text) + "\".");
    }
    return value;
}

}  // namespace

bool Arguments::flag(std::string_view name) {
    return std::erase(m_words, name) > 0;
}

std::optional<std::string> Arguments::value(std::string_view name) {
    const std::string joined = std::string(name) + "=";
    const auto found = std::ranges::find_if(
        m_words, [&](const std::string& word) { return word == name || word.starts_with(joined); });
    if (found == m_words.end()) {
        return std::nullopt;
    }
    if (*found != name) {
        std::string text = found->substr(joined.size());
        m_words.erase(found);
        return text;
    }
    if (found + 1 == m_words.end()) {
        throw UsageError(std::string(name) + " needs a value.");
    }
    std::string text = *(found + 1);
    m_words.erase(found, found + 2);
    return text;
}

std::optional<std::int64_t> Arguments::integer(std::string_view name) {
    const auto text = value(name);
    return text ? std::optional(parsed<std::int64_t>(name, *text, "a whole number")) : std::nullopt;
}

std::optional<double> Arguments::number(std::string_view name) {
    const auto text = value(name);
    if (!text) {
        return std::nullopt;
    }
    const double number = parsed<double>(name, *text, "a number");
    if (!std::isfinite(number)) {
        throw UsageError(std::string(name) + " needs a finite number.");
    }
    return number;
}

std::optional<std::vector<std::int32_t>> Arguments::integers(std::string_view name) {
    const auto text = value(name);
    if (!text) {
        return std::nullopt;
    }
    std::vector<std::int32_t> numbers;
    std::string_view rest = *text;
    while (!rest.empty()) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        numbers.push_back(parsed<std::int32_t>(name, rest.substr(0, comma), "whole numbers with commas between them"));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return numbers;
}

std::string Arguments::word(std::string_view what) {
    if (auto text = optionalWord()) return *std::move(text);
    throw UsageError(std::string(what) + " is missing.");
}

std::optional<std::string> Arguments::optionalWord() {
    const auto found = std::ranges::find_if(m_words, [](const std::string& word) { return !word.starts_with("-"); });
    if (found == m_words.end()) return std::nullopt;
    std::string text = *found;
    m_words.erase(found);
    return text;
}

void Arguments::finish() const {
    if (!m_words.empty()) {
        throw UsageError("\"" + m_words.front() + "\" is not understood here.");
    }
}

}  // namespace lares::cli

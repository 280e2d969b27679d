#include "inference/template/literals.h"

#include "inference/template/unicode.h"

#include <charconv>

namespace lares::inference::jinja {

namespace {

int digitValue(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'z' ? c - 'a' + 10
           : c >= 'A' && c <= 'Z' ? c - 'A' + 10
                                  : 99;
}

/// Digits of the base with single underscores between them.
std::size_t digitsLength(std::string_view text, int base) {
    std::size_t length = 0;
    while (length < text.size()) {
        const bool separator =
            text[length] == '_' && length > 0 && length + 1 < text.size() && digitValue(text[length + 1]) < base;
        if (digitValue(text[length]) >= base && !separator) {
            break;
        }
        ++length;
    }
    return length;
}

std::optional<Int> foldDigits(std::string_view digits, int base) {
    Int value = 0;
    for (const char c : digits) {
        if (c == '_') {
            continue;
        }
        if (__builtin_mul_overflow(value, static_cast<Int>(base), &value) ||
            __builtin_add_overflow(value, static_cast<Int>(digitValue(c)), &value)) {
            return std::nullopt;
        }
    }
    return value;
}

std::string withoutUnderscores(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c != '_') {
            out += c;
        }
    }
    return out;
}

/// 2, 8 or 16 for "0b", "0o", "0x"; 0 for none.
int prefixBase(std::string_view text) {
    if (text.size() < 2 || text[0] != '0') {
        return 0;
    }
    const char letter = static_cast<char>(text[1] | 0x20);
    return letter == 'b' ? 2 : letter == 'o' ? 8 : letter == 'x' ? 16 : 0;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && isSpace(decodeAt(text, 0).value)) {
        text.remove_prefix(decodeAt(text, 0).size);
    }
    while (!text.empty() && isSpace(decodeAt(text, previousOffset(text, text.size())).value)) {
        text = text.substr(0, previousOffset(text, text.size()));
    }
    return text;
}

std::size_t exponentLength(std::string_view text) {
    if (text.empty() || (text[0] | 0x20) != 'e') {
        return 0;
    }
    const std::size_t sign = text.size() > 1 && (text[1] == '+' || text[1] == '-') ? 1 : 0;
    const std::size_t digits = digitsLength(text.substr(1 + sign), 10);
    return digits == 0 ? 0 : 1 + sign + digits;
}

}  // namespace

std::optional<Value> parseNumber(std::string_view text, bool indexOnly, std::size_t& length) {
    if (const int base = prefixBase(text); base != 0 && digitsLength(text.substr(2), base) > 0) {
        length = 2 + digitsLength(text.substr(2), base);
        const auto whole = foldDigits(text.substr(2, length - 2), base);
        return whole ? std::optional<Value>(*whole) : std::nullopt;
    }
    length = digitsLength(text, 10);
    if (!indexOnly) {
        std::size_t end = length;
        if (end < text.size() && text[end] == '.') {
            const std::size_t fraction = digitsLength(text.substr(end + 1), 10);
            end += fraction > 0 ? 1 + fraction : 0;
        }
        end += exponentLength(text.substr(end));
        if (end > length) {
            length = end;
            return parseReal(withoutUnderscores(text.substr(0, length))).value_or(0);
        }
    }
    const auto whole = foldDigits(text.substr(0, length), 10);
    return whole ? std::optional<Value>(*whole) : std::nullopt;
}

std::optional<Int> parseInteger(std::string_view text, int base) {
    text = trimmed(text);
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) {
        text.remove_prefix(1);
    }
    if (const int prefix = prefixBase(text); prefix != 0 && (prefix == base || base == 0)) {
        base = prefix;
        text.remove_prefix(2);
    }
    base = base == 0 ? 10 : base;
    if (base < 2 || base > 36 || text.empty() || digitsLength(text, base) != text.size()) {
        return std::nullopt;
    }
    const auto whole = foldDigits(text, base);
    return whole && negative ? std::optional<Int>(-*whole) : whole;
}

std::optional<double> parseReal(std::string_view text) {
    text = trimmed(text);
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    const std::string plain = withoutUnderscores(text);
    double value = 0;
    const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
    if (end != plain.data() + plain.size() || plain.empty() || error == std::errc::invalid_argument) {
        return std::nullopt;
    }
    if (error == std::errc::result_out_of_range) {
        const bool tiny = plain.find("e-") != std::string::npos || plain.find("E-") != std::string::npos;
        value = tiny ? 0.0 : std::numeric_limits<double>::infinity();
        return plain.starts_with('-') ? -value : value;
    }
    return value;
}

namespace {

/// The value of exactly `digits` hex digits; nullopt when they are not there or name no character.
std::optional<char32_t> hexEscape(std::string_view text, std::size_t digits) {
    if (text.size() < digits || digitsLength(text.substr(0, digits), 16) != digits) {
        return std::nullopt;
    }
    const auto value = foldDigits(text.substr(0, digits), 16);
    return value && *value <= 0x10FFFF ? std::optional<char32_t>(static_cast<char32_t>(*value)) : std::nullopt;
}

constexpr std::string_view kSimpleEscapes = "\\'\"abfnrtv";
constexpr std::string_view kSimpleMeanings = "\\'\"\a\b\f\n\r\t\v";

}  // namespace

std::optional<std::string> unescape(std::string_view literal) {
    std::string out;
    for (std::size_t i = 0; i < literal.size(); ++i) {
        if (literal[i] != '\\' || i + 1 == literal.size()) {
            out += literal[i];
            continue;
        }
        const char c = literal[++i];
        if (const std::size_t simple = kSimpleEscapes.find(c); simple != std::string_view::npos) {
            out += kSimpleMeanings[simple];
        } else if (c == 'x' || c == 'u' || c == 'U') {
            const std::size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : 8;
            const auto value = hexEscape(literal.substr(i + 1), digits);
            if (!value || (*value >= 0xD800 && *value < 0xE000)) {
                return std::nullopt;
            }
            appendUtf8(out, *value);
            i += digits;
        } else if (c >= '0' && c <= '7') {
            char32_t value = 0;
            std::size_t digits = 0;
            for (;
                 digits < 3 && i + digits < literal.size() && literal[i + digits] >= '0' && literal[i + digits] <= '7';
                 ++digits) {
                value = value * 8 + static_cast<char32_t>(literal[i + digits] - '0');
            }
            appendUtf8(out, value);
            i += digits - 1;
        } else if (c == 'N') {
            return std::nullopt;
        } else if (c != '\n') {  // a backslash at the end of a line joins it with the next
            out += '\\';
            out += c;
        }
    }
    return out;
}

}  // namespace lares::inference::jinja

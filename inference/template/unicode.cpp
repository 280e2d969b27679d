#include "inference/template/unicode.h"

#include <locale.h>

#include <wctype.h>
#include <algorithm>

namespace lares::inference::jinja {

namespace {

/// Independent of setlocale(); lives as long as the process.
locale_t utf8Locale() {
    static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return locale;
}

char32_t simpleUpper(char32_t c) {
    if (c < 0x80) {
        return c >= 'a' && c <= 'z' ? c - 32 : c;
    }
    return utf8Locale() ? static_cast<char32_t>(towupper_l(static_cast<wint_t>(c), utf8Locale())) : c;
}

char32_t simpleLower(char32_t c) {
    if (c < 0x80) {
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    }
    return utf8Locale() ? static_cast<char32_t>(towlower_l(static_cast<wint_t>(c), utf8Locale())) : c;
}

/// Letters whose capital is several letters: capital and title form; nullptr for all others.
struct LongCase {
    char32_t letter;
    const char* upper;
    const char* title;
};
constexpr LongCase kLongCases[] = {
    {0x00DF, "SS", "Ss"}, {0x0149, "\u02BCN", "\u02BCN"}, {0x01F0, "J\u030C", "J\u030C"}, {0xFB00, "FF", "Ff"},
    {0xFB01, "FI", "Fi"}, {0xFB02, "FL", "Fl"},           {0xFB03, "FFI", "Ffi"},         {0xFB04, "FFL", "Ffl"},
    {0xFB05, "ST", "St"}, {0xFB06, "ST", "St"},
};

const LongCase* longCase(char32_t c) {
    if (c < 0xDF) {
        return nullptr;
    }
    const auto* found =
        std::find_if(std::begin(kLongCases), std::end(kLongCases), [c](const LongCase& l) { return l.letter == c; });
    return found == std::end(kLongCases) ? nullptr : found;
}

}  // namespace

CodePoint decodeAt(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) {
        return {lead, 1, true};
    }
    const std::size_t size = lead >= 0xF0 && lead < 0xF5   ? 4
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xC2 && lead < 0xE0 ? 2
                                                           : 0;
    if (size == 0 || at + size > text.size()) {
        return {0xFFFD, 1, false};
    }
    char32_t value = lead & (0xFFu >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0) != 0x80) {
            return {0xFFFD, 1, false};
        }
        value = (value << 6) | (byte(i) & 0x3Fu);
    }
    const bool overlong = (size == 3 && value < 0x800) || (size == 4 && (value < 0x10000 || value > 0x10FFFF));
    if (overlong || (value >= 0xD800 && value < 0xE000)) {
        return {0xFFFD, 1, false};
    }
    return {value, size, true};
}

void appendUtf8(std::string& out, char32_t c) {
    const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xC0 | (c >> 6));
        put(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        put(0xE0 | (c >> 12));
        put(0x80 | ((c >> 6) & 0x3F));
        put(0x80 | (c & 0x3F));
    } else {
        put(0xF0 | (c >> 18));
        put(0x80 | ((c >> 12) & 0x3F));
        put(0x80 | ((c >> 6) & 0x3F));
        put(0x80 | (c & 0x3F));
    }
}

std::size_t countCodePoints(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); ++count) {
        at += decodeAt(text, at).size;
    }
    return count;
}

std::size_t byteOffset(std::string_view text, std::size_t index) {
    std::size_t at = 0;
    for (; index > 0 && at < text.size(); --index) {
        at += decodeAt(text, at).size;
    }
    return at;
}

std::size_t previousOffset(std::string_view text, std::size_t end) {
    for (std::size_t size = 1; size <= 4 && size <= end; ++size) {
        if (decodeAt(text, end - size).size == size) {
            return end - size;
        }
    }
    return end - 1;
}

bool isSpace(char32_t c) {
    return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool isAlphabetic(char32_t c) {
    if (c < 0x80) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
    return utf8Locale() && iswalpha_l(static_cast<wint_t>(c), utf8Locale()) && !isDecimal(c);
}

bool isDecimal(char32_t c) {
    constexpr char32_t kZeros[] = {0x30,  0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66,  0xAE6,  0xB66,  0xBE6,
                                   0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0xF20, 0x1040, 0x17E0, 0x1810, 0xFF10};
    return std::any_of(std::begin(kZeros), std::end(kZeros), [c](char32_t zero) { return c >= zero && c < zero + 10; });
}

bool isUpper(char32_t c) {
    return simpleLower(c) != c;
}

bool isLower(char32_t c) {
    return simpleUpper(c) != c || longCase(c) != nullptr;
}

bool isPrintable(char32_t c) {
    if (c < 0x7F) {
        return c >= 0x20;
    }
    const bool hidden = c <= 0xA0 || c == 0xAD || (c >= 0x600 && c <= 0x605) || c == 0x61C || c == 0x1680 ||
                        c == 0x180E || (c >= 0x2000 && c <= 0x200F) || (c >= 0x2028 && c <= 0x202F) ||
                        (c >= 0x205F && c <= 0x206F) || c == 0x3000 || (c >= 0xD800 && c < 0xF900) || c == 0xFEFF ||
                        (c >= 0xFFF0 && c <= 0xFFFB) || (c & 0xFFFE) == 0xFFFE || c >= 0xE0000;
    return !hidden;
}

bool isLineBreak(char32_t c) {
    return (c >= 0x0A && c <= 0x0D) || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

void appendUpper(std::string& out, char32_t c) {
    if (const LongCase* special = longCase(c)) {
        out += special->upper;
    } else {
        appendUtf8(out, simpleUpper(c));
    }
}

void appendTitle(std::string& out, char32_t c) {
    if (const LongCase* special = longCase(c)) {
        out += special->title;
    } else {
        appendUtf8(out, simpleUpper(c));
    }
}

void appendLower(std::string& out, char32_t c) {
    if (c == 0x130) {
        out += "i\u0307";  // the Turkish dotted capital I keeps its dot
    } else {
        appendUtf8(out, simpleLower(c));
    }
}

namespace {
template <class Append>
std::string mapped(std::string_view text, Append append) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint c = decodeAt(text, at);
        if (c.valid) {
            append(out, c.value);
        } else {
            out += text[at];
        }
        at += c.size;
    }
    return out;
}
}  // namespace

std::string toUpper(std::string_view text) {
    return mapped(text, appendUpper);
}

std::string toLower(std::string_view text) {
    return mapped(text, appendLower);
}

}  // namespace lares::inference::jinja

// What Python's str knows of Unicode and chat templates use: code points, white space, case, printability.
// Case comes from the C library's C.UTF-8 tables (plus the few mappings to several letters), ASCII alone where that
// locale does not exist.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lares::inference::jinja {

struct CodePoint {
    char32_t value = 0;
    std::size_t size = 1;  ///< bytes taken
    bool valid = true;     ///< false: one byte that is not UTF-8; value is U+FFFD
};

/// The code point at byte `at` (which must be inside `text`).
CodePoint decodeAt(std::string_view text, std::size_t at);
void appendUtf8(std::string& out, char32_t codePoint);

std::size_t countCodePoints(std::string_view text);
/// Byte offset of code point `index`; text.size() when there are fewer.
std::size_t byteOffset(std::string_view text, std::size_t index);
/// Byte offset of the code point that ends before byte `end` (which must be > 0).
std::size_t previousOffset(std::string_view text, std::size_t end);

bool isSpace(char32_t c);
bool isAlphabetic(char32_t c);
bool isDecimal(char32_t c);
bool isUpper(char32_t c);
bool isLower(char32_t c);
bool isPrintable(char32_t c);
bool isLineBreak(char32_t c);  ///< where str.splitlines() cuts

std::string toUpper(std::string_view text);
std::string toLower(std::string_view text);
void appendUpper(std::string& out, char32_t c);
void appendTitle(std::string& out, char32_t c);
void appendLower(std::string& out, char32_t c);

}  // namespace lares::inference::jinja

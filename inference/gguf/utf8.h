// UTF-8 one character at a time, for text that may not be UTF-8 at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lares::inference {

struct Utf8Character {
    std::uint32_t code = 0xFFFD;
    std::uint32_t bytes = 1;
    bool valid = false;
};

/// The character at the start of `text`, which is not empty. A byte that begins none (a stray continuation, an overlong
/// form, a surrogate, a cut character) comes back as one invalid byte of U+FFFD.
Utf8Character decodeFirst(std::string_view text);

/// How many bytes at the end of `text` are the beginning of a character that more bytes could complete: 0 to 3.
std::size_t incompleteTail(std::string_view text);

/// `code` is a Unicode scalar value.
void appendUtf8(std::string& out, std::uint32_t code);

}  // namespace lares::inference

#include "inference/gguf/safe_text.h"

#include "inference/gguf/utf8.h"

namespace lares::inference {

namespace {

bool isBlank(std::uint32_t code) {
    return (code >= 0x09 && code <= 0x0D) || code == 0x20 || code == 0x85 || code == 0xA0 || code == 0x1680 ||
           (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x205F ||
           code == 0x3000;
}

/// Control and invisible formatting characters: they could move the cursor, reorder or hide text, or do nothing at all.
bool isUnsafe(std::uint32_t code) {
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xAD || code == 0x61C || code == 0x180E ||
           (code >= 0x200B && code <= 0x200F) || (code >= 0x202A && code <= 0x202E) ||
           (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF || (code >= 0xFFF0 && code <= 0xFFFB) ||
           (code & 0xFFFE) == 0xFFFE || (code >= 0xFDD0 && code <= 0xFDEF) || (code >= 0xE0000 && code <= 0xE0FFF);
}

}  // namespace

std::string safeText(std::string_view text, std::size_t maxCharacters) {
    std::string out;
    std::size_t characters = 0;
    bool blankBefore = true;  // leading blanks are dropped, runs of them become one
    while (!text.empty()) {
        const Utf8Character character = decodeFirst(text);
        const std::string_view bytes = text.substr(0, character.bytes);
        text.remove_prefix(character.bytes);
        const bool blank = isBlank(character.code);
        if ((blank && blankBefore) || (!blank && isUnsafe(character.code))) {
            continue;
        }
        if (characters == maxCharacters) {
            out += "\u2026";
            return out;
        }
        ++characters;
        blankBefore = blank;
        if (blank) {
            out += ' ';
        } else if (character.code == 0xFFFD) {
            out += "\uFFFD";
        } else {
            out += bytes;
        }
    }
    if (!out.empty() && out.back() == ' ') {
        out.pop_back();
    }
    return out;
}

std::string inQuotes(std::string_view text) {
    return "\u201c" + safeText(text, 80) + "\u201d";
}

}  // namespace lares::inference

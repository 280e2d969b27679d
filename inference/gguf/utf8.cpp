#include "inference/gguf/utf8.h"

#include <algorithm>

namespace lares::inference {

namespace {

/// Of the character a lead byte begins; 0 for bytes that begin none.
std::uint32_t lengthOf(std::uint8_t lead) {
    return lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
}

/// The second byte has a narrower range after some leads: it rules out overlong forms, surrogates, and codes past
/// U+10FFFF.
bool continues(std::uint8_t lead, std::size_t index, std::uint8_t byte) {
    std::uint8_t lowest = 0x80, highest = 0xBF;
    if (index == 1) {
        lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : lowest;
        highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : highest;
    }
    return byte >= lowest && byte <= highest;
}

/// Length of the longest prefix of `text` that begins a character.
std::size_t prefixLength(std::string_view text, std::uint32_t length) {
    const auto lead = static_cast<std::uint8_t>(text[0]);
    std::size_t good = 1;
    while (good < length && good < text.size() && continues(lead, good, static_cast<std::uint8_t>(text[good]))) {
        ++good;
    }
    return good;
}

}  // namespace

Utf8Character decodeFirst(std::string_view text) {
    const auto lead = static_cast<std::uint8_t>(text[0]);
    const std::uint32_t length = lengthOf(lead);
    if (length == 1) {
        return {lead, 1, true};
    }
    if (length == 0 || prefixLength(text, length) != length) {
        return {};
    }
    std::uint32_t code = lead & (0x7Fu >> length);
    for (std::uint32_t i = 1; i < length; ++i) {
        code = code << 6 | (static_cast<std::uint8_t>(text[i]) & 0x3Fu);
    }
    return {code, length, true};
}

std::size_t incompleteTail(std::string_view text) {
    for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
        const std::string_view tail = text.substr(text.size() - back);
        const std::uint32_t length = lengthOf(static_cast<std::uint8_t>(tail[0]));
        if (length > back && prefixLength(tail, length) == back) {
            return back;
        }
    }
    return 0;
}

void appendUtf8(std::string& out, std::uint32_t code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
        return;
    }
    const int extra = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    constexpr std::uint32_t kLeads[] = {0, 0xC0, 0xE0, 0xF0};
    out += static_cast<char>(kLeads[extra] | code >> (6 * extra));
    for (int i = extra - 1; i >= 0; --i) {
        out += static_cast<char>(0x80 | (code >> (6 * i) & 0x3F));
    }
}

}  // namespace lares::inference

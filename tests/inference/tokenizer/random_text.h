// Random text for round trips: all planes of Unicode, runs of blanks and digits, look-alikes of special tokens, and
// bytes that are no UTF-8.
#pragma once

#include "inference/gguf/utf8.h"

#include <random>
#include <string>

namespace lares::test {

/// `withBlankSign`: U+2581 may occur, which a "llama" vocabulary cannot give back, since it writes blanks so.
inline std::string randomText(std::mt19937_64& random, bool withBrokenBytes, bool withBlankSign = true) {
    const auto below = [&](std::uint64_t limit) { return static_cast<std::uint32_t>(random() % limit); };
    const auto character = [&](std::uint32_t code) {
        std::string out;
        inference::appendUtf8(out, code == 0x2581 && !withBlankSign ? '_' : code);
        return out;
    };
    std::string text;
    for (std::uint32_t left = below(60); left > 0; --left) {
        switch (below(withBrokenBytes ? 9 : 8)) {
            case 0:
                text += character(below(0x80));
                break;
            case 1:
                text += character(0x80 + below(0x780));
                break;
            case 2:
                text += character(0x800 + below(0xD000));
                break;
            case 3:
                text += character(0x10000 + below(0x100000));
                break;
            case 4:
                text.append(1 + below(4), " \n\t\r"[below(4)]);
                break;
            case 5:
                text += std::to_string(below(100000));
                break;
            case 6:
                text += "the 's I'LL ";
                break;
            case 7:
                text += "<|im_end|></s>" + character(0x2581);
                break;
            default:
                text += static_cast<char>(0x80 + below(0x80));
                break;
        }
    }
    return text;
}

}  // namespace lares::test

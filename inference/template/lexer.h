// Template source to tokens. White space control (trim_blocks, lstrip_blocks, "-" and "+" marks), comments and raw
// blocks are settled here; the parser sees text and code only.
#pragma once

#include "inference/template/value.h"

#include <string>
#include <string_view>
#include <vector>

namespace lares::inference::jinja {

struct Token {
    enum class Type { text, blockBegin, blockEnd, outputBegin, outputEnd, name, string, number, symbol, end };
    Type type = Type::end;
    std::string text;  ///< of text, name, symbol ("**", "==", "(", ...) and string (escapes resolved)
    Value number;
    int line = 1;

    bool isName(std::string_view word) const { return type == Type::name && text == word; }
    bool isSymbol(std::string_view symbol) const { return type == Type::symbol && text == symbol; }
};

/// How an error message names the token.
std::string describe(const Token& token);

/// Ends with a token of type end. Throws TemplateError (syntax; limit for a source over 512 KiB).
std::vector<Token> tokenize(std::string_view source);

}  // namespace lares::inference::jinja

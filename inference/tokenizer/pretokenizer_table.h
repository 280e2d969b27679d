// Which regular expressions cut a text into words before byte-level BPE, for every `tokenizer.ggml.pre` known here. To
// add one: a row in pretokenizer_table.cpp.
#pragma once

#include <span>
#include <string_view>

namespace lares::inference {

struct PretokenizerRule {
    std::span<const std::string_view> names;  ///< the values of tokenizer.ggml.pre
    std::span<const std::string_view>
        patterns;             ///< each cuts the pieces of the one before; \s means Unicode white space
    bool wholeWords = false;  ///< a word that is itself a token is taken whole
    bool addsBos = false;     ///< where the file does not say
    bool addsEos = false;     ///< likewise; the separator where the file has one
};

std::span<const PretokenizerRule> pretokenizerRules();

/// nullptr: not known. "default" is what files without the value are read with.
const PretokenizerRule* findPretokenizer(std::string_view name);

}  // namespace lares::inference

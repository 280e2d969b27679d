// How the families of models mark the parts of an answer: which strings open and close a section of thinking or a tool
// call. One table, in answer_format.cpp; the family is told by what the chat template contains. The marks are facts of
// the families' templates and model cards.
#pragma once

#include <span>
#include <string_view>

namespace lares::inference {

enum class AnswerSection {
    text,
    thinking,
    call,
    header,  ///< between parts of a harmony answer: its channel and recipient
};

/// A string that ends the section `in` and begins the section `to`.
struct AnswerMarker {
    std::string_view text;
    AnswerSection in, to;
    bool atStartOnly = false;  ///< only before any visible text: what an answer about the mark itself may say later
};

struct AnswerFormat {
    std::string_view name;
    std::span<const std::string_view> templateSays;  ///< any of these in a chat template tells the family
    std::span<const AnswerMarker> markers;
    std::span<const std::string_view> callPunctuation{};  ///< control tokens that a call is made of
    AnswerSection begins = AnswerSection::text;           ///< unless the prompt has opened another
    bool bareCalls = false;                               ///< an answer that is nothing but a JSON call is one

    /// A control token of this name has to be written out, for the parser to see.
    bool needs(std::string_view token) const;
};

/// The format of the first family whose marks the template contains; "plain", without any markers, for the rest.
const AnswerFormat& answerFormatOf(std::string_view chatTemplate);

std::span<const AnswerFormat> answerFormats();

}  // namespace lares::inference

// Splits a model's answer, while it comes, into visible text, thinking and tool calls. The text may be cut anywhere;
// what may still become a marker is held back, and released when it does not. Nothing is lost: text that only looks
// like a call comes through as text, its markers included. Format: answer_format.h.
#pragma once

#include "inference/answer/answer_format.h"

#include <string>
#include <string_view>
#include <vector>

namespace lares::inference {

struct AnswerPiece {
    enum class Kind {
        text,
        thinking,
        toolCall,  ///< one whole call: {"name": ..., "arguments": {...}} on a line
    };
    Kind kind = Kind::text;
    std::string text;  ///< never empty; cut where the input was cut or at markers
    bool operator==(const AnswerPiece&) const = default;
};

/// One per answer. Linear in the length of the answer; holds at most kLongestCall bytes and one push.
class AnswerParser {
 public:
    static constexpr std::size_t kLongestCall = std::size_t{256} << 10;  ///< longer ones are text

    /// `promptEnding`: how the prompt ends, control tokens written out; a template may have opened a section there.
    explicit AnswerParser(const AnswerFormat& format, std::string_view promptEnding = {});

    std::vector<AnswerPiece> push(std::string_view text);

    /// The end of the answer: the rest of what was held back.
    std::vector<AnswerPiece> finish();

 private:
    using Pieces = std::vector<AnswerPiece>;

    bool counts(const AnswerMarker& marker) const;
    std::size_t possibleTail() const;
    bool mayBeBareCall() const;
    void enter(const AnswerMarker& marker, Pieces& out);
    void take(std::string_view text, Pieces& out);
    void endCall(std::string_view closer, Pieces& out);
    void put(AnswerPiece::Kind kind, std::string_view text, Pieces& out);

    const AnswerFormat* m_format;
    AnswerSection m_section;
    bool m_atStart = true;  ///< no visible text yet
    std::string m_held;     ///< not looked at, or the possible beginning of a marker
    std::string m_call;     ///< what stands in the call section, without its opener
    std::string m_opener;   ///< of the call section
    std::string m_header, m_recipient;
};

}  // namespace lares::inference

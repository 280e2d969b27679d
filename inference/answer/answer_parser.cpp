#include "inference/answer/answer_parser.h"

#include "inference/answer/tool_calls.h"

#include <algorithm>
#include <utility>

namespace lares::inference {

namespace {

constexpr std::string_view kSpaces = " \t\r\n";
constexpr std::size_t kLongestHeader = 200;  // bytes; a longer one is text of a model that does not keep to its format

bool blank(std::string_view text) {
    return text.find_first_not_of(kSpaces) == std::string_view::npos;
}

/// "functions.f" of "commentary to=functions.f json" is "f"; empty where the part is for the user.
std::string recipientIn(std::string_view header) {
    constexpr std::string_view kTo = "to=";
    const std::size_t at = header.find(kTo);
    if (at == std::string_view::npos) {
        return {};
    }
    std::string_view name = header.substr(at + kTo.size());
    name = name.substr(0, name.find_first_of(" \t\r\n<"));
    constexpr std::string_view kFunctions = "functions.";
    return std::string(name.starts_with(kFunctions) ? name.substr(kFunctions.size()) : name);
}

}  // namespace

AnswerParser::AnswerParser(const AnswerFormat& format, std::string_view promptEnding)
    : m_format(&format), m_section(format.begins) {
    const std::string_view ending = promptEnding.substr(0, promptEnding.find_last_not_of(kSpaces) + 1);
    const auto opened =
        std::ranges::find_if(format.markers, [&](const AnswerMarker& marker) { return ending.ends_with(marker.text); });
    if (opened != format.markers.end()) {
        m_section = opened->to;
    }
}

bool AnswerParser::counts(const AnswerMarker& marker) const {
    return marker.in == m_section && (m_atStart || !marker.atStartOnly);
}

/// Bytes at the end of what is held that could grow into a marker.
std::size_t AnswerParser::possibleTail() const {
    std::size_t longest = 0;
    for (const AnswerMarker& marker : m_format->markers) {
        if (!counts(marker)) {
            continue;
        }
        for (std::size_t size = std::min(marker.text.size() - 1, m_held.size()); size > longest; --size) {
            if (m_held.ends_with(marker.text.substr(0, size))) {
                longest = size;
            }
        }
    }
    return longest;
}

/// Whether an answer that begins like this could be a JSON call without any markers.
bool AnswerParser::mayBeBareCall() const {
    if (!m_format->bareCalls || !m_atStart || m_section != AnswerSection::text || m_held.size() > kLongestCall) {
        return false;
    }
    constexpr std::string_view kBegin = "{\"name\"";
    std::size_t matched = 0;
    for (const char c : m_held) {
        if (kSpaces.find(c) != std::string_view::npos) {
            continue;
        }
        if (matched == kBegin.size()) {
            return true;
        }
        if (c != kBegin[matched++]) {
            return false;
        }
    }
    return matched > 0;
}

std::vector<AnswerPiece> AnswerParser::push(std::string_view text) {
    Pieces out;
    m_held += text;
    while (!mayBeBareCall()) {
        const AnswerMarker* first = nullptr;
        std::size_t at = std::string::npos;
        for (const AnswerMarker& marker : m_format->markers) {
            const std::size_t found = counts(marker) ? m_held.find(marker.text) : std::string::npos;
            if (found < at) {
                at = found;
                first = &marker;
            }
        }
        const std::size_t ready = first != nullptr ? at : m_held.size() - possibleTail();
        const std::string before = m_held.substr(0, ready);
        const bool mattered = m_atStart;
        take(before, out);
        if (first == nullptr || (mattered && !m_atStart && first->atStartOnly)) {
            m_held.erase(0, ready);
            if (first == nullptr) {
                return out;
            }
            continue;  // the text before it has made the marker plain text
        }
        m_held.erase(0, ready + first->text.size());
        enter(*first, out);
    }
    return out;
}

void AnswerParser::enter(const AnswerMarker& marker, Pieces& out) {
    AnswerSection to = marker.to;
    if (m_section == AnswerSection::call) {
        endCall(to == AnswerSection::text ? marker.text : std::string_view(), out);
    }
    if (m_section == AnswerSection::header && to != AnswerSection::header) {
        m_recipient = recipientIn(m_header);
        to = !m_recipient.empty()                             ? AnswerSection::call
             : m_header.find("analysis") != std::string::npos ? AnswerSection::thinking
                                                              : AnswerSection::text;
    }
    if (to == AnswerSection::header && m_section != AnswerSection::header) {
        m_header.clear();
    }
    if (to == AnswerSection::call) {
        m_opener = marker.in == AnswerSection::header ? std::string() : std::string(marker.text);
    }
    m_section = to;
}

void AnswerParser::take(std::string_view text, Pieces& out) {
    switch (m_section) {
        case AnswerSection::text:
            return put(AnswerPiece::Kind::text, text, out);
        case AnswerSection::thinking:
            return put(AnswerPiece::Kind::thinking, text, out);
        case AnswerSection::header:
            m_header += text;
            break;
        case AnswerSection::call:
            m_call += text;
            break;
    }
    if (m_call.size() > kLongestCall || m_header.size() > kLongestHeader) {  // neither was meant
        put(AnswerPiece::Kind::text, m_opener + m_header + m_call, out);
        m_opener.clear();
        m_header.clear();
        m_call.clear();
        m_section = AnswerSection::text;
    }
}

void AnswerParser::endCall(std::string_view closer, Pieces& out) {
    const std::vector<std::string> calls = parseToolCalls(m_call, m_recipient);
    for (const std::string& call : calls) {
        put(AnswerPiece::Kind::toolCall, call, out);
    }
    if (calls.empty()) {
        put(AnswerPiece::Kind::text, m_opener + m_call + std::string(m_opener.empty() ? "" : closer), out);
    }
    m_call.clear();
    m_opener.clear();
    m_recipient.clear();
}

void AnswerParser::put(AnswerPiece::Kind kind, std::string_view text, Pieces& out) {
    if (text.empty()) {
        return;
    }
    if (kind == AnswerPiece::Kind::text && !blank(text)) {
        m_atStart = false;
    }
    if (!out.empty() && out.back().kind == kind && kind != AnswerPiece::Kind::toolCall) {
        out.back().text += text;
    } else {
        out.push_back({kind, std::string(text)});
    }
}

std::vector<AnswerPiece> AnswerParser::finish() {
    Pieces out;
    const std::string rest = std::exchange(m_held, {});
    if (m_section == AnswerSection::text) {
        const std::vector<std::string> calls =
            m_format->bareCalls && m_atStart ? parseToolCalls(rest) : std::vector<std::string>();
        for (const std::string& call : calls) {
            put(AnswerPiece::Kind::toolCall, call, out);
        }
        put(AnswerPiece::Kind::text, calls.empty() ? rest : std::string(), out);
        return out;
    }
    take(rest, out);
    if (m_section == AnswerSection::call) {
        endCall({}, out);
    } else if (m_section == AnswerSection::header) {  // an answer that never came to its message
        put(AnswerPiece::Kind::text, std::exchange(m_header, {}), out);
    }
    return out;
}

}  // namespace lares::inference

#include "inference/sampling/stop_matcher.h"

#include <algorithm>

namespace lares::inference {

namespace {

/// The length of the longest end of `text` that begins `stopString` without completing it.
std::size_t overlap(std::string_view text, std::string_view stopString) {
    for (std::size_t length = std::min(text.size(), stopString.size() - 1); length > 0; --length) {
        if (text.ends_with(stopString.substr(0, length))) {
            return length;
        }
    }
    return 0;
}

}  // namespace

StopMatcher::StopMatcher(std::vector<std::string> stopStrings) : m_stopStrings(std::move(stopStrings)) {
    std::erase_if(m_stopStrings, [](const std::string& text) { return text.empty(); });
}

StopMatcher::Result StopMatcher::push(std::string_view piece) {
    if (m_stopped) {
        return {{}, true};
    }
    m_held += piece;
    // The one that is complete first wins, as if the text came byte by byte; of two that end together, the longer.
    std::size_t begin = std::string::npos;
    std::size_t end = std::string::npos;
    for (const std::string& stopString : m_stopStrings) {
        const std::size_t at = m_held.find(stopString);
        if (at == std::string::npos) {
            continue;
        }
        const std::size_t after = at + stopString.size();
        if (after < end || (after == end && at < begin)) {
            begin = at;
            end = after;
        }
    }
    if (begin != std::string::npos) {
        m_stopped = true;
        Result result{m_held.substr(0, begin), true};
        m_held.clear();
        return result;
    }
    std::size_t kept = 0;
    for (const std::string& stopString : m_stopStrings) {
        kept = std::max(kept, overlap(m_held, stopString));
    }
    Result result{m_held.substr(0, m_held.size() - kept), false};
    m_held.erase(0, m_held.size() - kept);
    return result;
}

std::string StopMatcher::finish() {
    std::string rest;
    rest.swap(m_held);
    return rest;
}

}  // namespace lares::inference

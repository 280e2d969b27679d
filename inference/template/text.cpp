#include "inference/template/text.h"

#include <algorithm>
#include <cassert>

namespace lares::inference::jinja {

Text::Text(std::string bytes, bool fromUser) : m_bytes(std::move(bytes)) {
    markAll(fromUser);
}

void Text::markAll(bool fromUser) {
    m_user.clear();
    if (fromUser) {
        mark(0, m_bytes.size());
    }
}

void Text::mark(std::size_t begin, std::size_t end) {
    if (begin == end) {
        return;
    }
    if (!m_user.empty() && m_user.back().end == begin) {
        m_user.back().end = end;
    } else {
        m_user.push_back({begin, end});
    }
}

bool Text::fromUserAt(std::size_t byte) const {
    const auto after = std::upper_bound(m_user.begin(), m_user.end(), byte,
                                        [](std::size_t at, const Range& range) { return at < range.end; });
    return after != m_user.end() && after->begin <= byte;
}

void Text::append(std::string_view bytes, bool fromUser) {
    const std::size_t begin = m_bytes.size();
    m_bytes += bytes;
    if (fromUser) {
        mark(begin, m_bytes.size());
    }
}

void Text::append(const Text& other) {
    assert(&other != this);
    const std::size_t shift = m_bytes.size();
    m_bytes += other.m_bytes;
    for (const Range& range : other.m_user) {
        mark(range.begin + shift, range.end + shift);
    }
}

Text Text::slice(std::size_t begin, std::size_t end) const {
    assert(begin <= end && end <= m_bytes.size());
    Text part(m_bytes.substr(begin, end - begin));
    part.markup = markup;
    auto range = std::upper_bound(m_user.begin(), m_user.end(), begin,
                                  [](std::size_t at, const Range& r) { return at < r.end; });
    for (; range != m_user.end() && range->begin < end; ++range) {
        part.mark(std::max(range->begin, begin) - begin, std::min(range->end, end) - begin);
    }
    return part;
}

}  // namespace lares::inference::jinja

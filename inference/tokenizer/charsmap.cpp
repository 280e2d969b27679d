#include "inference/tokenizer/charsmap.h"

#include "inference/error.h"

#include <algorithm>
#include <cstring>

namespace lares::inference {

namespace {

constexpr std::size_t kLongestMatch = 64;         // bytes; those of real maps are below 20
constexpr std::size_t kLongestReplacement = 128;  // bytes; U+FDFA, the longest of NFKC, becomes 33

constexpr std::uint32_t label(std::uint32_t node) {
    return node & (0x80000000u | 0xFFu);
}
constexpr bool endsHere(std::uint32_t node) {
    return (node >> 8 & 1) != 0;
}
constexpr std::uint32_t offset(std::uint32_t node) {
    return node >> 10 << ((node & 1u << 9) >> 6);
}

}  // namespace

Charsmap::Charsmap(std::string_view bytes) {
    if (bytes.empty()) {
        return;
    }
    const auto fail = [] { throw Error(ErrorKind::badFile, "The tokenizer's character map is damaged."); };
    std::uint32_t trieBytes = 0;
    if (bytes.size() < sizeof(trieBytes)) {
        fail();
    }
    std::memcpy(&trieBytes, bytes.data(), sizeof(trieBytes));
    bytes.remove_prefix(sizeof(trieBytes));
    if (trieBytes > bytes.size() || trieBytes % sizeof(std::uint32_t) != 0) {
        fail();
    }
    m_nodes.resize(trieBytes / sizeof(std::uint32_t));
    std::memcpy(m_nodes.data(), bytes.data(), trieBytes);
    m_replacements = bytes.substr(trieBytes);
    if (!m_replacements.empty() && m_replacements.back() != '\0') {
        fail();
    }
    for (std::size_t at = 0; at < m_replacements.size();) {
        const std::size_t end = m_replacements.find('\0', at);
        if (end - at > kLongestReplacement) {
            fail();
        }
        at = end + 1;
    }
}

Charsmap::Match Charsmap::longest(std::string_view text) const {
    Match match;
    if (m_nodes.empty()) {
        return match;
    }
    std::uint32_t at = offset(m_nodes[0]);
    const std::size_t most = std::min(text.size(), kLongestMatch);
    for (std::size_t i = 0; i < most && text[i] != '\0'; ++i) {
        const auto byte = static_cast<std::uint8_t>(text[i]);
        at ^= byte;
        if (at >= m_nodes.size() || label(m_nodes[at]) != byte) {
            break;
        }
        const std::uint32_t node = m_nodes[at];
        at ^= offset(node);
        if (!endsHere(node)) {
            continue;
        }
        if (at >= m_nodes.size()) {
            break;
        }
        const std::size_t begin = m_nodes[at] & 0x7FFFFFFFu;
        if (begin < m_replacements.size()) {
            const std::size_t end = m_replacements.find('\0', begin);
            match = {i + 1, std::string_view(m_replacements).substr(begin, end - begin)};
        }
    }
    return match;
}

}  // namespace lares::inference

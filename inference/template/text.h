// UTF-8 text that remembers which of its bytes the user wrote, so that special tokens are never read out of them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lares::inference::jinja {

class Text {
 public:
    Text() = default;
    Text(std::string bytes, bool fromUser = false);
    Text(const char* bytes) : Text(std::string(bytes)) {}

    const std::string& bytes() const { return m_bytes; }
    std::size_t size() const { return m_bytes.size(); }
    bool empty() const { return m_bytes.empty(); }

    bool anyFromUser() const { return !m_user.empty(); }
    bool fromUserAt(std::size_t byte) const;

    void append(std::string_view bytes, bool fromUser = false);
    void append(const std::string& bytes) { append(std::string_view(bytes)); }
    void append(const char* bytes) { append(std::string_view(bytes)); }
    void append(const Text& other);
    /// The bytes [begin, end) with their marks.
    Text slice(std::size_t begin, std::size_t end) const;
    void markAll(bool fromUser);

    /// Markup: what the `safe` and `escape` filters make. Adding plain text to it escapes the plain text.
    bool markup = false;

    struct Range {
        std::size_t begin = 0, end = 0;  ///< bytes
    };
    /// Sorted, apart from each other, none empty.
    const std::vector<Range>& userRanges() const { return m_user; }

 private:
    void mark(std::size_t begin, std::size_t end);

    std::string m_bytes;
    std::vector<Range> m_user;
};

}  // namespace lares::inference::jinja

#include "inference/tokenizer/spm.h"

#include "inference/gguf/utf8.h"

#include <cassert>
#include <queue>

namespace lares::inference {

namespace {

constexpr std::uint32_t kEnd = ~0u;

/// A stretch of the text in a doubly linked list; size 0 once it has been joined to its left neighbour.
struct Symbol {
    std::uint32_t offset, size;
    std::uint32_t previous, next;
};

/// A possible join. `size` tells whether it is still about the same two symbols.
struct Join {
    float score;
    std::uint32_t left, right, size;

    bool operator<(const Join& other) const {  // the queue's top is the highest score, then the leftmost
        return score != other.score ? score < other.score : left > other.left;
    }
};

class SpmEncoder {
 public:
    SpmEncoder(const Vocabulary& vocabulary, std::string_view text) : m_vocabulary(vocabulary), m_text(text) {
        for (std::uint32_t offset = 0; offset < text.size();) {
            const std::uint32_t size = decodeFirst(text.substr(offset)).bytes;
            const auto index = static_cast<std::uint32_t>(m_symbols.size());
            m_symbols.push_back({offset, size, index - 1, index + 1});
            offset += size;
        }
        m_symbols.back().next = kEnd;  // and the first one's previous is 0 - 1 == kEnd already
    }

    void run(std::vector<TokenId>& out) {
        for (std::uint32_t i = 1; i < m_symbols.size(); ++i) {
            offer(i - 1, i);
        }
        while (!m_queue.empty()) {
            const Join join = m_queue.top();
            m_queue.pop();
            Symbol& left = m_symbols[join.left];
            Symbol& right = m_symbols[join.right];
            if (left.size == 0 || right.size == 0 || left.size + right.size != join.size) {
                continue;
            }
            left.size += right.size;
            right.size = 0;
            left.next = right.next;
            if (right.next != kEnd) {
                m_symbols[right.next].previous = join.left;
            }
            offer(left.previous, join.left);
            offer(join.left, left.next);
        }
        for (std::uint32_t i = 0; i != kEnd; i = m_symbols[i].next) {
            emit(m_text.substr(m_symbols[i].offset, m_symbols[i].size), out);
        }
    }

 private:
    void offer(std::uint32_t left, std::uint32_t right) {
        if (left == kEnd || right == kEnd) {
            return;
        }
        const std::uint32_t size = m_symbols[left].size + m_symbols[right].size;
        const TokenId token = m_vocabulary.findText(m_text.substr(m_symbols[left].offset, size));
        if (token != Vocabulary::kNone) {
            m_queue.push({m_vocabulary.score(token), left, right, size});
        }
    }

    void emit(std::string_view piece, std::vector<TokenId>& out) const {
        if (const TokenId token = m_vocabulary.findText(piece); token != Vocabulary::kNone) {
            out.push_back(token);
            return;
        }
        for (const char c : piece) {
            const TokenId byte = m_vocabulary.byteTokens()[static_cast<std::uint8_t>(c)];
            if (byte != Vocabulary::kNone) {
                out.push_back(byte);
            } else if (m_vocabulary.unknown) {
                out.push_back(*m_vocabulary.unknown);
                return;  // one for the whole character
            }
        }
    }

    const Vocabulary& m_vocabulary;
    std::string_view m_text;
    std::vector<Symbol> m_symbols;
    std::priority_queue<Join> m_queue;
};

}  // namespace

void encodeSpm(const Vocabulary& vocabulary, std::string_view text, std::vector<TokenId>& out) {
    assert(text.size() < kEnd);
    if (!text.empty()) {
        SpmEncoder(vocabulary, text).run(out);
    }
}

}  // namespace lares::inference

#include "inference/tokenizer/bpe.h"

#include "inference/gguf/utf8.h"

#include <algorithm>
#include <limits>
#include <queue>
#include <tuple>
#include <unordered_map>

namespace lares::inference {

namespace {

/// The GPT-2 alphabet: printable Latin-1 characters stand for themselves, the 68 other bytes for U+0100 on, in order.
struct Alphabet {
    std::array<std::string, 256> letters;
    std::array<std::int16_t, 256 + 68> byteOf;  ///< by code point; -1: no letter of the alphabet

    Alphabet() {
        byteOf.fill(-1);
        std::uint32_t next = 256;
        for (std::uint32_t byte = 0; byte < 256; ++byte) {
            const bool printable = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
            const std::uint32_t code = printable ? byte : next++;
            appendUtf8(letters[byte], code);
            byteOf[code] = static_cast<std::int16_t>(byte);
        }
    }
};

const Alphabet kAlphabet;

constexpr std::uint32_t kEnd = ~0u;

struct Symbol {
    std::uint32_t id, offset, size;  ///< size 0 once it has been joined to its left neighbour
    std::uint32_t previous, next;
};

/// A possible join. `size` tells whether it is still about the same two symbols.
struct Join {
    std::uint32_t rank, left, right, size, result;

    bool operator<(const Join& other) const {  // the queue's top is the lowest rank, then the leftmost
        return rank != other.rank ? rank > other.rank : left > other.left;
    }
};

}  // namespace

struct BpeEncoder::Scratch {
    std::vector<Symbol> symbols;
    std::priority_queue<Join> queue;
    std::string name;
};

std::string bytesOfBpeName(std::string_view name) {
    std::string out;
    while (!name.empty()) {
        const Utf8Character character = decodeFirst(name);
        const std::int16_t byte = character.valid && character.code < kAlphabet.byteOf.size()
                                      ? kAlphabet.byteOf[character.code]
                                      : std::int16_t{-1};
        if (byte >= 0) {
            out += static_cast<char>(byte);
        } else {
            out += name.substr(0, character.bytes);
        }
        name.remove_prefix(character.bytes);
    }
    return out;
}

BpeEncoder::BpeEncoder(const Vocabulary& vocabulary, const std::vector<std::string_view>& merges, bool wholeWords)
    : m_vocabulary(&vocabulary), m_wholeWords(wholeWords) {
    std::unordered_map<std::string, SymbolId> extra;  // names that occur in merges but are no tokens
    const auto symbolOf = [&](std::string_view name) {
        const TokenId token = vocabulary.findText(name);
        if (token != Vocabulary::kNone) {
            return static_cast<SymbolId>(token);
        }
        const auto number = static_cast<SymbolId>(vocabulary.size() + extra.size());
        return extra.emplace(name, number).first->second;
    };
    for (std::size_t byte = 0; byte < 256; ++byte) {
        m_byteSymbols[byte] = symbolOf(kAlphabet.letters[byte]);
    }
    for (std::size_t rank = 0; rank < merges.size(); ++rank) {
        const std::size_t blank = merges[rank].find(' ', 1);
        if (blank == std::string_view::npos) {
            continue;
        }
        const std::string_view left = merges[rank].substr(0, blank), right = merges[rank].substr(blank + 1);
        m_merges.push_back({symbolOf(left), symbolOf(right), static_cast<std::uint32_t>(rank),
                            symbolOf(std::string(left).append(right))});
    }
    std::ranges::sort(m_merges, {}, [](const Merge& m) { return std::tuple(m.left, m.right, m.rank); });
    m_firstOf.assign(vocabulary.size() + extra.size() + 1, 0);
    for (const Merge& merge : m_merges) {
        ++m_firstOf[merge.left + 1];
    }
    for (std::size_t i = 1; i < m_firstOf.size(); ++i) {
        m_firstOf[i] += m_firstOf[i - 1];
    }
}

const BpeEncoder::Merge* BpeEncoder::find(SymbolId left, SymbolId right) const {
    const auto begin = m_merges.begin() + m_firstOf[left], end = m_merges.begin() + m_firstOf[left + 1];
    const auto found = std::ranges::lower_bound(begin, end, right, {}, &Merge::right);
    return found != end && found->right == right ? &*found : nullptr;
}

void BpeEncoder::encode(const std::vector<std::string_view>& words, std::vector<TokenId>& out) const {
    Scratch scratch;
    for (const std::string_view word : words) {
        encodeWord(word, scratch, out);
    }
}

void BpeEncoder::encodeWord(std::string_view word, Scratch& scratch, std::vector<TokenId>& out) const {
    if (m_wholeWords && word.size() <= m_vocabulary->longestName()) {
        scratch.name.clear();
        for (const char c : word) {
            scratch.name += kAlphabet.letters[static_cast<std::uint8_t>(c)];
        }
        if (const TokenId token = m_vocabulary->findText(scratch.name); token != Vocabulary::kNone) {
            out.push_back(token);
            return;
        }
    }
    std::vector<Symbol>& symbols = scratch.symbols;
    symbols.clear();
    for (std::uint32_t i = 0; i < word.size(); ++i) {
        symbols.push_back({m_byteSymbols[static_cast<std::uint8_t>(word[i])], i, 1, i - 1, i + 1});
    }
    symbols.back().next = kEnd;  // and the first one's previous is 0 - 1 == kEnd already
    const auto offer = [&](std::uint32_t left, std::uint32_t right) {
        if (left == kEnd || right == kEnd) {
            return;
        }
        if (const Merge* merge = find(symbols[left].id, symbols[right].id)) {
            scratch.queue.push({merge->rank, left, right, symbols[left].size + symbols[right].size, merge->result});
        }
    };
    for (std::uint32_t i = 1; i < symbols.size(); ++i) {
        offer(i - 1, i);
    }
    while (!scratch.queue.empty()) {
        const Join join = scratch.queue.top();
        scratch.queue.pop();
        Symbol& left = symbols[join.left];
        Symbol& right = symbols[join.right];
        if (left.size == 0 || right.size == 0 || left.size + right.size != join.size) {
            continue;
        }
        left.id = join.result;
        left.size = join.size;
        left.next = right.next;
        right.size = 0;
        if (left.next != kEnd) {
            symbols[left.next].previous = join.left;
        }
        offer(left.previous, join.left);
        offer(join.left, left.next);
    }
    for (std::uint32_t i = 0; i != kEnd; i = symbols[i].next) {
        emit(symbols[i].id, word.substr(symbols[i].offset, symbols[i].size), out);
    }
}

void BpeEncoder::emit(SymbolId symbol, std::string_view bytes, std::vector<TokenId>& out) const {
    if (symbol < m_vocabulary->size()) {
        out.push_back(static_cast<TokenId>(symbol));
        return;
    }
    for (const char c :
         bytes) {  // no token: byte by byte, and what the vocabulary cannot say at all is unknown or lost
        const SymbolId byte = m_byteSymbols[static_cast<std::uint8_t>(c)];
        if (byte < m_vocabulary->size()) {
            out.push_back(static_cast<TokenId>(byte));
        } else if (m_vocabulary->unknown) {
            out.push_back(*m_vocabulary->unknown);
        }
    }
}

}  // namespace lares::inference

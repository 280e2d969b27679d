#include "inference/tokenizer/stream_decoder.h"

#include "inference/gguf/utf8.h"

#include <utility>

namespace lares::inference {

namespace {

std::string repaired(std::string_view bytes) {
    std::string out;
    while (!bytes.empty()) {
        const Utf8Character character = decodeFirst(bytes);
        out += character.valid ? bytes.substr(0, character.bytes) : "\uFFFD";
        bytes.remove_prefix(character.bytes);
    }
    return out;
}

}  // namespace

StreamDecoder::StreamDecoder(const Tokenizer& tokenizer, bool special, bool textStart)
    : m_tokenizer(&tokenizer), m_special(special), m_textStart(textStart), m_atStart(textStart) {}

std::string StreamDecoder::push(TokenId token, bool written) {
    std::string_view piece = m_tokenizer->piece(token, m_special || written);
    if (piece.empty()) {
        return {};
    }
    if (std::exchange(m_atStart, false) && m_tokenizer->addsSpacePrefix() && piece.front() == ' ') {
        piece.remove_prefix(1);
    }
    m_held += piece;
    const std::size_t ready = m_held.size() - incompleteTail(m_held);
    std::string out = repaired(std::string_view(m_held).substr(0, ready));
    m_held.erase(0, ready);
    return out;
}

std::string StreamDecoder::finish() {
    std::string out = m_held.empty() ? std::string() : "\uFFFD";
    m_held.clear();
    m_atStart = m_textStart;
    return out;
}

}  // namespace lares::inference

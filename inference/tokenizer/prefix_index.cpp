#include "inference/tokenizer/prefix_index.h"

namespace lares::inference {

PrefixIndex::PrefixIndex(const Vocabulary& vocabulary) {
    for (TokenId id = 0; id < static_cast<TokenId>(vocabulary.size()); ++id) {
        const std::string_view name = vocabulary.name(id);
        if (!name.empty() && name.size() <= kLongestName && vocabulary.findText(name) == id) {
            m_tokens.push_back({name, id});
        }
    }
    std::ranges::sort(m_tokens, {}, &Token::name);  // string_view compares its bytes as unsigned
    for (std::size_t byte = 0; byte <= 256; ++byte) {
        m_firstOf[byte] = std::ranges::lower_bound(m_tokens, byte, {},
                                                   [](const Token& token) {
                                                       return std::size_t{static_cast<std::uint8_t>(token.name[0])};
                                                   }) -
                          m_tokens.begin();
    }
}

}  // namespace lares::inference

// The tokens of a model as its file lists them, checked: names, scores, kinds, special ids. How text is cut into them
// is the business of spm.h and bpe.h.
#pragma once

#include "inference/gguf/gguf_file.h"
#include "inference/types.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lares::inference {

/// Numbered as in tokenizer.ggml.token_type.
enum class TokenKind : std::uint8_t { undefined, normal, unknown, control, userDefined, unused, byte };

class Vocabulary {
 public:
    static constexpr TokenId kNone = -1;

    /// Throws badFile where the lists contradict each other.
    static Vocabulary read(const GgufFile& file);

    Vocabulary(Vocabulary&&) = default;
    Vocabulary& operator=(Vocabulary&&) = default;

    std::uint32_t size() const { return static_cast<std::uint32_t>(m_tokens.size()); }
    std::string_view name(TokenId id) const { return m_tokens[static_cast<std::size_t>(id)].name; }
    float score(TokenId id) const { return m_tokens[static_cast<std::size_t>(id)].score; }
    TokenKind kind(TokenId id) const { return m_tokens[static_cast<std::size_t>(id)].kind; }
    bool isControl(TokenId id) const { return kind(id) == TokenKind::control || kind(id) == TokenKind::unknown; }

    TokenId find(std::string_view name) const;  ///< any token of this name; kNone
    /// A token that ordinary text may become: not control, unknown or byte. kNone.
    TokenId findText(std::string_view name) const;
    std::size_t longestName() const { return m_longestName; }

    /// "<0x0A>" tokens by their byte; kNone where the vocabulary has none.
    const std::array<TokenId, 256>& byteTokens() const { return m_byteTokens; }
    /// The byte that a token of kind byte stands for.
    static std::optional<std::uint8_t> parseByteName(std::string_view name);

    std::optional<TokenId> bos, eos, unknown;
    std::optional<TokenId> classifier, separator;  ///< [CLS] and [SEP], where the file names them
    std::vector<TokenId> endOfGeneration;          ///< rising
    bool hasScores = false;
    std::vector<std::string> warnings;

 private:
    struct Token {
        std::string_view name;
        float score = 0;
        TokenKind kind = TokenKind::normal;
    };

    Vocabulary() = default;
    void readTokens(const GgufFile& file);
    void readScores(const GgufFile& file);
    void readKinds(const GgufFile& file);
    void indexBytes();
    void readSpecial(const GgufFile& file);
    std::optional<TokenId> specialId(const GgufFile& file, std::string_view key);
    void markEndNames();

    std::vector<char>
        m_names;  ///< all names behind each other; the views point here (a vector's memory survives a move)
    std::vector<Token> m_tokens;
    std::unordered_map<std::string_view, TokenId> m_ids;
    std::array<TokenId, 256> m_byteTokens{};
    std::size_t m_longestName = 0;
};

}  // namespace lares::inference

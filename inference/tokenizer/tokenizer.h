// Text to token ids and back, for the vocabularies of GGUF files: "llama" (SentencePiece with scores), "gpt2"
// (byte-level BPE), "bert" (WordPiece) and "t5" (unigram). Other kinds are refused by name. Not here: chat templates,
// sampling.
//
// Text is UTF-8. "llama" and "gpt2" keep bytes that are not: each becomes a byte token, so that encoding and decoding
// again gives the same bytes back wherever the vocabulary has all 256 of them. "bert" and "t5" normalise what they read
// and have no bytes; decoding gives the words, not the text.
#pragma once

#include "inference/gguf/gguf_file.h"
#include "inference/types.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lares::inference {

struct EncodeOptions {
    bool addSpecial = true;     ///< begin/end of text where the model wants them
    bool parseSpecial = false;  ///< control tokens written out in the text become those tokens; never for text of users
};

/// A stretch of a longer text, with its own say on control tokens.
struct TextPart {
    std::string_view text;
    bool parseSpecial = false;
};

/// Immutable once made, so all members may be called from any thread. Keeps nothing of the file it was made from.
class Tokenizer {
 public:
    /// Throws badFile for a vocabulary that contradicts itself, unsupported for a kind or a pre-tokenizer not known
    /// here.
    static Tokenizer create(const GgufFile& file);

    Tokenizer(Tokenizer&&) noexcept;
    Tokenizer& operator=(Tokenizer&&) noexcept;
    ~Tokenizer();

    std::vector<TokenId> encode(std::string_view text, EncodeOptions options = {}) const;

    /// The parts as one text: words may join across their borders, but control tokens are only looked for in the parts
    /// that allow it. The way to encode a rendered chat without letting a user forge a turn.
    std::vector<TokenId> encode(std::span<const TextPart> parts, bool addSpecial) const;

    /// Bytes as the tokens give them, perhaps cut inside a character. `special`: control tokens are written out, too.
    /// The blank that a "llama" vocabulary puts before a text is taken off again. An id past the vocabulary throws
    /// badRequest.
    std::string decode(std::span<const TokenId> tokens, bool special = false) const;

    /// Bytes of one token inside a text; empty for control tokens unless `special`.
    std::string_view piece(TokenId token, bool special = false) const;

    /// The token's own name in the vocabulary ("<0x0A>", "\xe2\x96\x81the").
    std::string_view name(TokenId token) const;
    std::optional<TokenId> find(std::string_view name) const;  ///< the token of exactly this name
    bool isControl(TokenId token) const;                       ///< control or unknown: never part of a user's text

    bool isEndOfGeneration(TokenId token) const;
    std::span<const TokenId> endOfGeneration() const;  ///< in rising order

    std::uint32_t vocabularySize() const;
    std::optional<TokenId> bos() const;
    std::optional<TokenId> eos() const;
    bool addsBos() const;  ///< encode(addSpecial) puts bos() first
    bool addsEos() const;
    bool addsSpacePrefix() const;
    std::string_view model() const;                    ///< "llama", "gpt2", "bert" or "t5"
    const std::vector<std::string>& warnings() const;  ///< whole sentences about oddities that were put right

 private:
    struct Data;
    explicit Tokenizer(std::unique_ptr<const Data> data);
    std::unique_ptr<const Data> m_data;
};

}  // namespace lares::inference

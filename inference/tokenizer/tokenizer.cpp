#include "inference/tokenizer/tokenizer.h"

#include "inference/gguf/safe_text.h"
#include "inference/tokenizer/bpe.h"
#include "inference/tokenizer/pretokenizer.h"
#include "inference/tokenizer/pretokenizer_table.h"
#include "inference/tokenizer/special_splitter.h"
#include "inference/tokenizer/spm.h"
#include "inference/tokenizer/unigram.h"
#include "inference/tokenizer/wordpiece.h"

#include <algorithm>
#include <cassert>

namespace lares::inference {

namespace {

constexpr std::string_view kSpmBlank = "\u2581";
constexpr std::size_t kMaxTextBytes = std::size_t{1} << 30;  // symbols are numbered with 32 bits

/// `from` with every `what` replaced.
std::string replaced(std::string_view from, std::string_view what, std::string_view with) {
    std::string out;
    out.reserve(from.size());
    while (true) {
        const std::size_t at = from.find(what);
        out += from.substr(0, at);
        if (at == std::string_view::npos) {
            return out;
        }
        out += with;
        from.remove_prefix(at + what.size());
    }
}

/// Which original tokenizer the file comes from shows in its names alone.
SpecialSplitter::Habits habitsOf(const GgufFile& file) {
    const auto textOf = [&file](std::string_view key) {
        return file.kind(key) == GgufKind::text ? std::string(*file.text(key)) : std::string();
    };
    std::string name = textOf("general.name");
    std::ranges::transform(name, name.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return {.stripsAfter = name.find("phi-3") != std::string::npos || name.find("phi3") != std::string::npos,
            .stripsBeforeMask = textOf("tokenizer.ggml.pre").starts_with("jina-v2-") ||
                                textOf("general.architecture").starts_with("jina-bert-v")};
}

}  // namespace

struct Tokenizer::Data {
    /// What byte-level BPE needs and "llama" does not.
    struct ByteLevel {
        Pretokenizer pretokenizer;
        BpeEncoder encoder;
    };

    std::string model;
    Vocabulary vocabulary;
    SpecialSplitter splitter;
    std::optional<ByteLevel> byteLevel;  ///< at most one of these three; none: "llama"
    std::optional<WordPieceEncoder> wordPiece;
    std::optional<UnigramEncoder> unigram;
    bool addsBos = false, addsEos = false, addsSpacePrefix = false;
    std::string pieces;                     ///< the bytes of all tokens behind each other
    std::vector<std::size_t> pieceOffsets;  ///< one more than tokens

    Data(const GgufFile& file, std::string_view modelName)
        : model(modelName), vocabulary(Vocabulary::read(file)), splitter(vocabulary, habitsOf(file)) {}

    void readSpm(const GgufFile& file);
    void readBpe(const GgufFile& file);
    void readWordPiece(const GgufFile& file);
    void readUnigram(const GgufFile& file);
    void readFlags(const GgufFile& file);
    void fillPieces();
    void encodeText(std::string_view text, bool afterSpecial, std::vector<TokenId>& out) const;
};

void Tokenizer::Data::readSpm(const GgufFile& file) {
    if (!vocabulary.hasScores) {
        throw Error(ErrorKind::badFile, "The tokenizer lacks the scores that its kind, \u201cllama\u201d, needs.");
    }
    // Where SentencePiece puts them when the file does not say.
    const auto byDefault = [&](std::optional<TokenId>& id, TokenId usual) {
        if (!id && static_cast<std::uint32_t>(usual) < vocabulary.size()) {
            id = usual;
        }
    };
    byDefault(vocabulary.unknown, 0);
    byDefault(vocabulary.bos, 1);
    if (!vocabulary.eos) {
        byDefault(vocabulary.eos, 2);
        if (vocabulary.eos && vocabulary.endOfGeneration.empty()) {
            vocabulary.endOfGeneration.push_back(*vocabulary.eos);
        }
    }
    addsBos = true;
    addsSpacePrefix = file.flag("tokenizer.ggml.add_space_prefix").value_or(true);
}

void Tokenizer::Data::readBpe(const GgufFile& file) {
    std::string_view pre = file.text("tokenizer.ggml.pre").value_or("");
    if (pre.empty()) {
        pre = "default";
        vocabulary.warnings.emplace_back(
            "The file does not say how its tokenizer cuts words; answers may be worse than the model can do.");
    }
    const PretokenizerRule* rule = findPretokenizer(pre);
    if (rule == nullptr) {
        throw Error(
            ErrorKind::unsupported,
            "The model's tokenizer cuts words in a way that this program does not know: " + inQuotes(pre) + ".");
    }
    const auto merges = file.texts("tokenizer.ggml.merges");
    if (!merges) {
        throw Error(ErrorKind::badFile, "The tokenizer lacks the merges that its kind, \u201cgpt2\u201d, needs.");
    }
    byteLevel = ByteLevel{Pretokenizer(rule->patterns), BpeEncoder(vocabulary, *merges, rule->wholeWords)};
    addsBos = rule->addsBos;
    if (rule->addsEos) {
        addsEos = true;
        vocabulary.eos = vocabulary.separator ? vocabulary.separator : vocabulary.eos;
    }
}

void Tokenizer::Data::readWordPiece(const GgufFile& file) {
    // [CLS] and [SEP] are this kind's begin and end of a text, whatever the file calls them.
    vocabulary.bos = vocabulary.classifier ? vocabulary.classifier : vocabulary.bos;
    vocabulary.eos = vocabulary.separator ? vocabulary.separator : vocabulary.eos;
    wordPiece.emplace(vocabulary, file.flag("tokenizer.ggml.normalizer.lowercase").value_or(true));
    addsBos = addsEos = addsSpacePrefix = true;
}

/// The character map as bytes; files store it as an array of u8 or i8.
Charsmap readCharsmap(const GgufFile& file) {
    constexpr std::string_view kKey = "tokenizer.ggml.precompiled_charsmap";
    std::string bytes;
    for (const std::int64_t byte : file.integers(kKey).value_or(std::vector<std::int64_t>())) {
        bytes += static_cast<char>(byte);
    }
    return Charsmap(bytes);
}

void Tokenizer::Data::readUnigram(const GgufFile& file) {
    if (!vocabulary.hasScores) {
        throw Error(ErrorKind::badFile, "The tokenizer lacks the scores that its kind, \u201ct5\u201d, needs.");
    }
    addsSpacePrefix = file.flag("tokenizer.ggml.add_space_prefix").value_or(true);
    unigram.emplace(
        vocabulary, readCharsmap(file),
        UnigramEncoder::Options{.spacePrefix = addsSpacePrefix,
                                .mergeSpaces = file.flag("tokenizer.ggml.remove_extra_whitespaces").value_or(false)});
    addsEos = true;
}

void Tokenizer::Data::readFlags(const GgufFile& file) {
    addsBos = file.flag("tokenizer.ggml.add_bos_token").value_or(addsBos);
    const auto eosFlag = file.flag("tokenizer.ggml.add_eos_token");
    const auto separatorFlag = file.flag("tokenizer.ggml.add_sep_token");  // what some converters call it
    addsEos = eosFlag || separatorFlag ? eosFlag.value_or(false) || separatorFlag.value_or(false) : addsEos;
    addsBos = addsBos && vocabulary.bos;
    addsEos = addsEos && vocabulary.eos;
}

void Tokenizer::Data::fillPieces() {
    pieceOffsets.reserve(vocabulary.size() + 1);
    pieceOffsets.push_back(0);
    for (TokenId id = 0; id < static_cast<TokenId>(vocabulary.size()); ++id) {
        const std::string_view name = vocabulary.name(id);
        const TokenKind kind = vocabulary.kind(id);
        if (kind == TokenKind::byte) {
            pieces += static_cast<char>(*Vocabulary::parseByteName(name));
        } else if (vocabulary.isControl(id) || kind == TokenKind::userDefined) {
            pieces += name;
        } else {
            pieces += byteLevel ? bytesOfBpeName(name) : replaced(name, kSpmBlank, " ");
        }
        pieceOffsets.push_back(pieces.size());
    }
}

void Tokenizer::Data::encodeText(std::string_view text, bool afterSpecial, std::vector<TokenId>& out) const {
    if (byteLevel) {
        byteLevel->encoder.encode(byteLevel->pretokenizer.split(text), out);
    } else if (wordPiece) {
        wordPiece->encode(text, out);
    } else if (unigram) {
        unigram->encode(text, out);
    } else {
        const std::string_view prefix = addsSpacePrefix && afterSpecial ? kSpmBlank : std::string_view();
        encodeSpm(vocabulary, std::string(prefix) + replaced(text, " ", kSpmBlank), out);
    }
}

Tokenizer Tokenizer::create(const GgufFile& file) {
    const auto model = file.text("tokenizer.ggml.model");
    if (!model || *model == "none" || *model == "no_vocab") {
        throw Error(ErrorKind::badFile, "The file has no tokenizer, so no text can be given to the model.");
    }
    struct Kind {
        std::string_view name;
        void (Data::*read)(const GgufFile&);
    };
    constexpr Kind kKinds[] = {{"llama", &Data::readSpm},
                               {"gpt2", &Data::readBpe},
                               {"bert", &Data::readWordPiece},
                               {"t5", &Data::readUnigram}};
    const auto* kind = std::ranges::find(kKinds, *model, &Kind::name);
    if (kind == std::end(kKinds)) {
        throw Error(ErrorKind::unsupported,
                    "The model's tokenizer is of the kind " + inQuotes(*model) +
                        ", which this program does not know; it knows \u201cllama\u201d, \u201cgpt2\u201d, "
                        "\u201cbert\u201d and \u201ct5\u201d.");
    }
    auto data = std::make_unique<Data>(file, *model);
    (*data.*kind->read)(file);
    data->readFlags(file);
    data->fillPieces();
    return Tokenizer(std::move(data));
}

Tokenizer::Tokenizer(std::unique_ptr<const Data> data) : m_data(std::move(data)) {}
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;
Tokenizer::~Tokenizer() = default;

std::vector<TokenId> Tokenizer::encode(std::string_view text, EncodeOptions options) const {
    const TextPart part{text, options.parseSpecial};
    return encode({&part, 1}, options.addSpecial);
}

std::vector<TokenId> Tokenizer::encode(std::span<const TextPart> parts, bool addSpecial) const {
    std::string joined;
    std::vector<SpecialSplitter::Range> allowed;
    for (const TextPart& part : parts) {
        const std::size_t begin = joined.size();
        if (part.text.size() > kMaxTextBytes - begin) {
            throw Error(ErrorKind::badRequest, "The text is longer than any model can read.");
        }
        joined += part.text;
        if (!part.parseSpecial || part.text.empty()) {
            continue;
        }
        if (!allowed.empty() && allowed.back().end == begin) {
            allowed.back().end = joined.size();
        } else {
            allowed.push_back({begin, joined.size()});
        }
    }
    std::vector<TokenId> out;
    if (addSpecial && m_data->addsBos) {
        out.push_back(*m_data->vocabulary.bos);
    }
    bool afterSpecial = true;  // as the beginning of a text is
    for (const Fragment& fragment : m_data->splitter.split(joined, allowed)) {
        if (fragment.token != Vocabulary::kNone) {
            out.push_back(fragment.token);
            afterSpecial = true;
        } else {
            m_data->encodeText(fragment.text, afterSpecial, out);
            afterSpecial = false;
        }
    }
    if (addSpecial && m_data->addsEos) {
        out.push_back(*m_data->vocabulary.eos);
    }
    return out;
}

std::string Tokenizer::decode(std::span<const TokenId> tokens, bool special) const {
    std::string out;
    bool afterSpecial = true;
    for (const TokenId token : tokens) {
        std::string_view bytes = piece(token, special);
        if (isControl(token) || m_data->vocabulary.kind(token) == TokenKind::userDefined) {
            afterSpecial = true;
        } else {
            if (afterSpecial && m_data->addsSpacePrefix && bytes.starts_with(' ')) {
                bytes.remove_prefix(1);
            }
            afterSpecial = false;
        }
        out += bytes;
    }
    return out;
}

std::string_view Tokenizer::piece(TokenId token, bool special) const {
    if (token < 0 || static_cast<std::uint32_t>(token) >= vocabularySize()) {
        throw Error(ErrorKind::badRequest, "There is no token " + std::to_string(token) +
                                               "; the model's vocabulary has " + std::to_string(vocabularySize()) +
                                               ".");
    }
    if (!special && isControl(token)) {
        return {};
    }
    const auto index = static_cast<std::size_t>(token);
    const std::size_t begin = m_data->pieceOffsets[index];
    return std::string_view(m_data->pieces).substr(begin, m_data->pieceOffsets[index + 1] - begin);
}

std::string_view Tokenizer::name(TokenId token) const {
    assert(token >= 0 && static_cast<std::uint32_t>(token) < vocabularySize());
    return m_data->vocabulary.name(token);
}

std::optional<TokenId> Tokenizer::find(std::string_view name) const {
    const TokenId id = m_data->vocabulary.find(name);
    return id == Vocabulary::kNone ? std::nullopt : std::optional(id);
}

bool Tokenizer::isControl(TokenId token) const {
    assert(token >= 0 && static_cast<std::uint32_t>(token) < vocabularySize());
    return m_data->vocabulary.isControl(token);
}

bool Tokenizer::isEndOfGeneration(TokenId token) const {
    return std::ranges::binary_search(m_data->vocabulary.endOfGeneration, token);
}

std::span<const TokenId> Tokenizer::endOfGeneration() const {
    return m_data->vocabulary.endOfGeneration;
}

std::uint32_t Tokenizer::vocabularySize() const {
    return m_data->vocabulary.size();
}

std::optional<TokenId> Tokenizer::bos() const {
    return m_data->vocabulary.bos;
}

std::optional<TokenId> Tokenizer::eos() const {
    return m_data->vocabulary.eos;
}

bool Tokenizer::addsBos() const {
    return m_data->addsBos;
}

bool Tokenizer::addsEos() const {
    return m_data->addsEos;
}

bool Tokenizer::addsSpacePrefix() const {
    return m_data->addsSpacePrefix;
}

std::string_view Tokenizer::model() const {
    return m_data->model;
}

const std::vector<std::string>& Tokenizer::warnings() const {
    return m_data->vocabulary.warnings;
}

}  // namespace lares::inference

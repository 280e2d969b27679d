#include "inference/tokenizer/vocabulary.h"

#include "inference/gguf/safe_text.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lares::inference {

namespace {

constexpr std::string_view kTokens = "tokenizer.ggml.tokens";
constexpr std::string_view kScores = "tokenizer.ggml.scores";
constexpr std::string_view kTypes = "tokenizer.ggml.token_type";

/// Tokens that end an answer in the models that have them, whatever the file says of their kind.
constexpr std::string_view kEndNames[] = {
    "<|eot_id|>",
    "<|im_end|>",
    "<|end|>",
    "<end_of_turn>",
    "<|endoftext|>",
    "<|eom_id|>",
    "<EOT>",
    "_<EOT>",
    "[EOT]",
    "<|END_OF_TURN_TOKEN|>",
    "<|end_of_text|>",
    "<end_of_utterance>",
    "<|return|>",
    "<|call|>",
    "<\uff5cend\u2581of\u2581sentence\uff5c>",
};

[[noreturn]] void failBad(const std::string& sentence) {
    throw Error(ErrorKind::badFile, sentence);
}

}  // namespace

Vocabulary Vocabulary::read(const GgufFile& file) {
    Vocabulary vocabulary;
    vocabulary.readTokens(file);
    vocabulary.readScores(file);
    vocabulary.readKinds(file);
    vocabulary.indexBytes();
    vocabulary.readSpecial(file);
    vocabulary.markEndNames();
    return vocabulary;
}

void Vocabulary::readTokens(const GgufFile& file) {
    const auto names = file.texts(kTokens);
    if (!names || names->empty()) {
        failBad("The model has a tokenizer without any tokens.");
    }
    if (names->size() > static_cast<std::size_t>(std::numeric_limits<TokenId>::max())) {
        failBad("The model's vocabulary is larger than token numbers reach.");
    }
    std::size_t bytes = 0;
    for (const std::string_view name : *names) {
        bytes += name.size();
    }
    m_names.reserve(bytes);  // so that the views stay right
    m_tokens.reserve(names->size());
    m_ids.reserve(names->size());
    std::size_t duplicates = 0;
    for (const std::string_view name : *names) {
        const std::size_t begin = m_names.size();
        m_names.insert(m_names.end(), name.begin(), name.end());
        const std::string_view own(m_names.data() + begin, name.size());
        const auto id = static_cast<TokenId>(m_tokens.size());
        m_tokens.push_back({.name = own});
        m_longestName = std::max(m_longestName, own.size());
        if (!own.empty() && !m_ids.emplace(own, id).second) {
            ++duplicates;
        }
    }
    if (duplicates > 0) {
        warnings.push_back(
            std::to_string(duplicates) +
            " tokens of the vocabulary have the name of an earlier one and are never chosen for a text.");
    }
}

void Vocabulary::readScores(const GgufFile& file) {
    std::optional<std::vector<float>> scores;
    if (file.contains(kScores)) {
        scores = file.reals(kScores);
    }
    if (!scores) {
        return;
    }
    if (scores->size() < m_tokens.size()) {
        failBad("The tokenizer has " + std::to_string(scores->size()) + " scores for " +
                std::to_string(m_tokens.size()) + " tokens.");
    }
    for (std::size_t i = 0; i < m_tokens.size(); ++i) {
        const float score = (*scores)[i];
        m_tokens[i].score = std::isnan(score) ? -std::numeric_limits<float>::infinity() : score;  // NaN has no order
    }
    hasScores = true;
}

void Vocabulary::readKinds(const GgufFile& file) {
    const auto kinds = file.integers(kTypes);
    if (!kinds) {
        return;
    }
    if (file.elementKind(kTypes) != GgufKind::i32 && file.elementKind(kTypes) != GgufKind::u32) {
        failBad("The metadata value " + inQuotes(kTypes) + " is not a list of 32-bit numbers.");
    }
    if (kinds->size() < m_tokens.size()) {
        failBad("The tokenizer has " + std::to_string(kinds->size()) + " token types for " +
                std::to_string(m_tokens.size()) + " tokens.");
    }
    for (std::size_t i = 0; i < m_tokens.size(); ++i) {
        const std::int64_t kind = (*kinds)[i];
        const bool known = kind >= 0 && kind <= static_cast<std::int64_t>(TokenKind::byte);
        m_tokens[i].kind = known ? static_cast<TokenKind>(kind) : TokenKind::undefined;
    }
}

std::optional<std::uint8_t> Vocabulary::parseByteName(std::string_view name) {
    const auto digit = [](char c) {
        return c >= '0' && c <= '9'   ? c - '0'
               : c >= 'A' && c <= 'F' ? c - 'A' + 10
               : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                      : -1;
    };
    if (name.size() != 6 || !name.starts_with("<0x") || name[5] != '>' || digit(name[3]) < 0 || digit(name[4]) < 0) {
        return std::nullopt;
    }
    return static_cast<std::uint8_t>(digit(name[3]) * 16 + digit(name[4]));
}

void Vocabulary::indexBytes() {
    m_byteTokens.fill(kNone);
    for (std::uint32_t id = 0; id < size(); ++id) {
        if (m_tokens[id].kind != TokenKind::byte) {
            continue;
        }
        const auto byte = parseByteName(m_tokens[id].name);
        if (!byte) {
            failBad("The tokenizer's byte token " + inQuotes(m_tokens[id].name) + " is not of the form <0x0A>.");
        }
        if (m_byteTokens[*byte] == kNone) {
            m_byteTokens[*byte] = static_cast<TokenId>(id);
        }
    }
}

std::optional<TokenId> Vocabulary::specialId(const GgufFile& file, std::string_view key) {
    const std::string fullKey = "tokenizer.ggml." + std::string(key);
    if (!file.contains(fullKey)) {
        return std::nullopt;
    }
    // Files in use write "none" as -1 or as 2^32-1, so what is out of range is left aside.
    try {
        const auto id = file.integer(fullKey);
        if (id && *id < size()) {
            return static_cast<TokenId>(*id);
        }
    } catch (const Error&) {
    }
    warnings.push_back("The value " + inQuotes(fullKey) + " is not a token of the vocabulary and is left aside.");
    return std::nullopt;
}

void Vocabulary::readSpecial(const GgufFile& file) {
    bos = specialId(file, "bos_token_id");
    eos = specialId(file, "eos_token_id");
    unknown = specialId(file, "unknown_token_id");
    classifier = specialId(file, "cls_token_id");
    separator = specialId(file, "seperator_token_id");  // so spelled in the files
    separator = separator ? separator : specialId(file, "separator_token_id");
    for (const std::optional<TokenId> end : {eos, specialId(file, "eot_token_id"), specialId(file, "eom_token_id")}) {
        if (end) {
            endOfGeneration.push_back(*end);
        }
    }
}

void Vocabulary::markEndNames() {
    for (const std::string_view name : kEndNames) {
        const TokenId id = find(name);
        if (id != kNone) {
            endOfGeneration.push_back(id);
            m_tokens[static_cast<std::size_t>(id)].kind = TokenKind::control;  // some files call them normal
        }
    }
    // Models that say <|return|> or <|call|> at the end use <|end|> between the parts of one answer.
    if (const TokenId end = find("<|end|>"); end != kNone && find("<|return|>") != kNone && find("<|call|>") != kNone) {
        std::erase(endOfGeneration, end);
    }
    std::ranges::sort(endOfGeneration);
    endOfGeneration.erase(std::unique(endOfGeneration.begin(), endOfGeneration.end()), endOfGeneration.end());
}

TokenId Vocabulary::find(std::string_view name) const {
    const auto found = m_ids.find(name);
    return found == m_ids.end() ? kNone : found->second;
}

TokenId Vocabulary::findText(std::string_view name) const {
    if (name.size() > m_longestName) {
        return kNone;
    }
    const TokenId id = find(name);
    return id == kNone || isControl(id) || kind(id) == TokenKind::byte ? kNone : id;
}

}  // namespace lares::inference

// Vocabularies small enough to read, which still can say every byte.
#include "tests/support/gguf_writer.h"

#include <cassert>

namespace lares::test {

namespace {

// Token types of tokenizer.ggml.token_type.
constexpr std::int32_t kNormal = 1, kUnknown = 2, kControl = 3, kUnused = 5, kByte = 6;

/// Joins in the order in which they are tried; "_" is the blank. Each part is one letter or an earlier join.
constexpr std::pair<std::string_view, std::string_view> kJoins[] = {
    {"_", "t"},   {"h", "e"},   {"_t", "he"}, {"_", "a"},  {"i", "n"}, {"e", "r"},   {"n", "d"},
    {"_", "s"},   {"_a", "nd"}, {"o", "u"},   {"r", "e"},  {"_", "w"}, {"_", "o"},   {"o", "n"},
    {"l", "l"},   {"i", "t"},   {"in", "g"},  {"he", "r"}, {"_", "h"}, {"_h", "er"}, {"_", "he"},
    {"_w", "as"}, {"a", "s"},   {"e", "ll"},  {"_", "_"},
};

std::string withBlank(std::string_view text, std::string_view blank) {
    std::string out;
    for (const char c : text) {
        out += c == '_' ? blank : std::string_view(&c, 1);
    }
    return out;
}

struct Vocabulary {
    std::vector<std::string> tokens;
    std::vector<std::int32_t> types;
    std::vector<float> scores;

    void add(std::string token, std::int32_t type, float score = 0) {
        tokens.push_back(std::move(token));
        types.push_back(type);
        scores.push_back(score);
    }
    void fill(std::uint32_t size) {
        assert(tokens.size() <= size && "the vocabulary is smaller than the toy vocabulary needs");
        while (tokens.size() < size) {
            add("<unused" + std::to_string(tokens.size()) + ">", kUnused);
        }
    }
};

/// How byte-level BPE writes a byte: itself where it is printable, else a letter from U+0100 on.
std::string byteCharacter(int byte) {
    const auto printable = [](int b) { return (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174; };
    int code = byte;
    if (!printable(byte)) {
        code = 256;
        for (int b = 0; b < byte; ++b) {
            code += printable(b) ? 0 : 1;
        }
    }
    if (code < 128) {
        return std::string(1, static_cast<char>(code));
    }
    return {static_cast<char>(0xC0 | code >> 6), static_cast<char>(0x80 | (code & 0x3F))};
}

void addSpm(GgufWriter& writer, std::uint32_t size) {
    Vocabulary vocabulary;
    vocabulary.add("<unk>", kUnknown);
    vocabulary.add("<s>", kControl);
    vocabulary.add("</s>", kControl);
    constexpr char kHex[] = "0123456789ABCDEF";
    for (int byte = 0; byte < 256; ++byte) {
        vocabulary.add(std::string("<0x") + kHex[byte / 16] + kHex[byte % 16] + ">", kByte);
    }
    float score = 0;
    for (const auto& [left, right] : kJoins) {
        vocabulary.add(withBlank(std::string(left) + std::string(right), "\u2581"), kNormal, score -= 1);
    }
    vocabulary.add("\u2581", kNormal, -1000);
    for (char c = '!'; c <= '~'; ++c) {
        vocabulary.add(std::string(1, c), kNormal, -1001);
    }
    vocabulary.fill(size);
    writer.text("tokenizer.ggml.model", "llama");
    writer.texts("tokenizer.ggml.tokens", vocabulary.tokens);
    writer.f32s("tokenizer.ggml.scores", vocabulary.scores);
    writer.i32s("tokenizer.ggml.token_type", vocabulary.types);
    writer.u32("tokenizer.ggml.unknown_token_id", 0);
    writer.u32("tokenizer.ggml.bos_token_id", 1);
    writer.u32("tokenizer.ggml.eos_token_id", 2);
}

void addBpe(GgufWriter& writer, std::uint32_t size) {
    Vocabulary vocabulary;
    for (int byte = 0; byte < 256; ++byte) {
        vocabulary.add(byteCharacter(byte), kNormal);
    }
    const std::string blank = byteCharacter(' ');
    std::vector<std::string> merges;
    for (const auto& [left, right] : kJoins) {
        merges.push_back(withBlank(left, blank) + " " + withBlank(right, blank));
        vocabulary.add(withBlank(std::string(left) + std::string(right), blank), kNormal);
    }
    const auto endOfText = static_cast<std::uint32_t>(vocabulary.tokens.size());
    vocabulary.add("<|endoftext|>", kControl);
    vocabulary.add("<|im_start|>", kControl);
    vocabulary.add("<|im_end|>", kControl);
    vocabulary.fill(size);
    writer.text("tokenizer.ggml.model", "gpt2");
    writer.text("tokenizer.ggml.pre", "qwen2");
    writer.texts("tokenizer.ggml.tokens", vocabulary.tokens);
    writer.i32s("tokenizer.ggml.token_type", vocabulary.types);
    writer.texts("tokenizer.ggml.merges", merges);
    writer.u32("tokenizer.ggml.eos_token_id", endOfText);
}

void addWordPiece(GgufWriter& writer, std::uint32_t size) {
    Vocabulary vocabulary;
    for (const char* token : {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}) {
        vocabulary.add(token, kControl);
    }
    for (char c = '!'; c <= '~'; ++c) {
        if (c < 'A' || c > 'Z') {
            vocabulary.add("\u2581" + std::string(1, c), kNormal);
            vocabulary.add(std::string(1, c), kNormal);
        }
    }
    for (const char* token : {"\u2581the", "\u2581hat", "ing", "er", "\u2581\u4e2d"}) {
        vocabulary.add(token, kNormal);
    }
    vocabulary.fill(size);
    writer.text("tokenizer.ggml.model", "bert");
    writer.texts("tokenizer.ggml.tokens", vocabulary.tokens);
    writer.i32s("tokenizer.ggml.token_type", vocabulary.types);
    writer.u32("tokenizer.ggml.unknown_token_id", 1);
    writer.u32("tokenizer.ggml.cls_token_id", 2);
    writer.u32("tokenizer.ggml.seperator_token_id", 3);
}

void addUnigram(GgufWriter& writer, std::uint32_t size) {
    Vocabulary vocabulary;
    vocabulary.add("<pad>", kControl);
    vocabulary.add("</s>", kControl);
    vocabulary.add("<unk>", kUnknown);
    vocabulary.add("\u2581", kNormal, -3);
    for (char c = '!'; c <= '~'; ++c) {
        vocabulary.add(std::string(1, c), kNormal, -5);
    }
    vocabulary.add("\u2581the", kNormal, -2);
    vocabulary.add("\u2581h", kNormal, -4);
    vocabulary.add("hat", kNormal, -6);
    vocabulary.add("ing", kNormal, -4);
    vocabulary.fill(size);
    writer.text("tokenizer.ggml.model", "t5");
    writer.texts("tokenizer.ggml.tokens", vocabulary.tokens);
    writer.f32s("tokenizer.ggml.scores", vocabulary.scores);
    writer.i32s("tokenizer.ggml.token_type", vocabulary.types);
    writer.u32("tokenizer.ggml.eos_token_id", 1);
    writer.u32("tokenizer.ggml.unknown_token_id", 2);
}

}  // namespace

void addToyVocabulary(GgufWriter& writer, ToyVocabulary kind, std::uint32_t vocabulary) {
    switch (kind) {
        case ToyVocabulary::spm:
            return addSpm(writer, vocabulary);
        case ToyVocabulary::bpe:
            return addBpe(writer, vocabulary);
        case ToyVocabulary::wordPiece:
            return addWordPiece(writer, vocabulary);
        case ToyVocabulary::unigram:
            return addUnigram(writer, vocabulary);
    }
}

}  // namespace lares::test

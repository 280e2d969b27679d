// Any text through small vocabularies of every kind: where they can say every byte, decoding what was encoded gives the
// text back; no control token comes out of text that may not name one; every way to cut words keeps the text whole.
#include "inference/tokenizer/pretokenizer.h"
#include "inference/tokenizer/pretokenizer_table.h"
#include "inference/tokenizer/stream_decoder.h"
#include "inference/tokenizer/tokenizer.h"
#include "tests/fuzz/memory_file.h"
#include "tests/support/gguf_writer.h"

#include <algorithm>
#include <cstring>

using namespace lares;

namespace {

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

inference::Tokenizer toy(test::ToyVocabulary kind) {
    test::GgufWriter writer;
    test::addToyVocabulary(writer, kind, 400);
    const std::string bytes = writer.bytes();
    const test::MemoryFile memory({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
    return inference::Tokenizer::create(inference::GgufFile::open(memory.path()));
}

std::vector<inference::Pretokenizer> allPretokenizers() {
    std::vector<inference::Pretokenizer> all;
    for (const inference::PretokenizerRule& rule : inference::pretokenizerRules()) {
        all.emplace_back(rule.patterns);
    }
    return all;
}

void checkRoundTrip(const inference::Tokenizer& tokenizer, const std::string& text) {
    const auto tokens = tokenizer.encode(text, {.addSpecial = false});
    require(tokenizer.decode(tokens) == text);
    require(std::ranges::none_of(tokens, [&](inference::TokenId id) { return tokenizer.isControl(id); }));
    inference::StreamDecoder decoder(tokenizer);
    for (const inference::TokenId token : tokens) {
        decoder.push(token);
    }
    decoder.finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const inference::Tokenizer spm = toy(test::ToyVocabulary::spm), bpe = toy(test::ToyVocabulary::bpe);
    static const inference::Tokenizer wordPiece = toy(test::ToyVocabulary::wordPiece),
                                      unigram = toy(test::ToyVocabulary::unigram);
    static const std::vector<inference::Pretokenizer> pretokenizers = allPretokenizers();
    if (size == 0) {
        return 0;
    }
    const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
    checkRoundTrip(bpe, text);
    if (text.find("\u2581") == std::string::npos) {  // how "llama" vocabularies write a blank
        checkRoundTrip(spm, text);
    }
    std::string joined;
    for (const std::string_view word : pretokenizers[data[0] % pretokenizers.size()].split(text)) {
        require(!word.empty());
        joined += word;
    }
    require(joined == text);
    const std::size_t border = std::min<std::size_t>(data[0], text.size());
    const inference::TextPart parts[] = {{std::string_view(text).substr(0, border), true},
                                         {std::string_view(text).substr(border), false}};
    for (const inference::Tokenizer* tokenizer : {&spm, &bpe, &wordPiece, &unigram}) {
        tokenizer->decode(tokenizer->encode(parts, true), true);
    }
    return 0;
}

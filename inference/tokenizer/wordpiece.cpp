#include "inference/tokenizer/wordpiece.h"

#include "inference/error.h"
#include "inference/gguf/utf8.h"
#include "inference/tokenizer/base_letters.h"

#include <cassert>
#include <clocale>
#include <cwctype>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace lares::inference {

namespace {

constexpr std::string_view kWordBegin = "\u2581";

/// After the cleaner white space is blanks alone.
constexpr std::string_view kWordPatterns[] = {
    " +",
    R"([\p{P}$+<=>^`|~\x{4E00}-\x{9FFF}\x{3400}-\x{4DBF}\x{20000}-\x{2A6DF}\x{2A700}-\x{2B73F}\x{2B740}-\x{2B81F})"
    R"(\x{2B920}-\x{2CEAF}\x{F900}-\x{FAFF}\x{2F800}-\x{2FA1F}])",
};

/// Simple lower case of all of Unicode; ASCII alone where the C.UTF-8 locale does not exist.
char32_t lowerCase(char32_t code) {
    static const locale_t kLocale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    if (kLocale != nullptr) {
        return static_cast<char32_t>(towlower_l(static_cast<std::wint_t>(code), kLocale));
    }
    return code >= U'A' && code <= U'Z' ? code + 32 : code;
}

/// Valid UTF-8 of `text`, lower-cased without accents where asked; bytes that are none are dropped.
std::string folded(std::string_view text, bool lower) {
    std::string out;
    out.reserve(text.size());
    std::u32string letters;
    while (!text.empty()) {
        const Utf8Character character = decodeFirst(text);
        text.remove_prefix(character.bytes);
        if (!character.valid) {
            continue;
        }
        letters.clear();
        if (lower) {
            appendBaseLetters(letters, character.code);
        } else {
            letters += character.code;
        }
        for (const char32_t letter : letters) {
            appendUtf8(out, lower ? lowerCase(letter) : letter);
        }
    }
    return out;
}

}  // namespace

/// Removes what is not read and writes every run of white space as one blank.
class WordPieceEncoder::Cleaner {
 public:
    explicit Cleaner(bool dropMarks)
        : m_unread(compile(dropMarks ? R"((?:(?!\p{White_Space})[\p{Mn}\p{C}\x{FFFD}])+)"
                                     : R"((?:(?!\p{White_Space})[\p{C}\x{FFFD}])+)")),
          m_blanks(compile(R"(\p{White_Space}+)")) {}

    std::string clean(const std::string& text) const {
        return substituted(m_blanks.get(), substituted(m_unread.get(), text, ""), " ");
    }

 private:
    struct Free {
        void operator()(pcre2_code* code) const { pcre2_code_free(code); }
    };
    using Code = std::unique_ptr<pcre2_code, Free>;

    static Code compile(const char* pattern) {
        int error = 0;
        PCRE2_SIZE at = 0;
        Code code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern), PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_UCP,
                                &error, &at, nullptr));
        assert(code != nullptr && "a word-piece pattern does not compile");
        pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE);
        return code;
    }

    static std::string substituted(const pcre2_code* code, const std::string& text, const char* by) {
        std::string out(text.size() + 1, '\0');  // nothing becomes longer; one for the end mark
        PCRE2_SIZE size = out.size();
        const int result = pcre2_substitute(code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0,
                                            PCRE2_SUBSTITUTE_GLOBAL | PCRE2_NO_UTF_CHECK, nullptr, nullptr,
                                            reinterpret_cast<PCRE2_SPTR>(by), PCRE2_ZERO_TERMINATED,
                                            reinterpret_cast<PCRE2_UCHAR*>(out.data()), &size);
        if (result < 0) {
            throw Error(ErrorKind::badRequest, "The text cannot be cut into words: it is too long or too tangled.",
                        "PCRE2 error " + std::to_string(result));
        }
        out.resize(size);
        return out;
    }

    Code m_unread, m_blanks;
};

WordPieceEncoder::WordPieceEncoder(const Vocabulary& vocabulary, bool lowerCase)
    : m_vocabulary(&vocabulary),
      m_lowerCase(lowerCase),
      m_index(vocabulary),
      m_words(kWordPatterns),
      m_cleaner(std::make_unique<const Cleaner>(lowerCase)) {}
WordPieceEncoder::WordPieceEncoder(WordPieceEncoder&&) noexcept = default;
WordPieceEncoder& WordPieceEncoder::operator=(WordPieceEncoder&&) noexcept = default;
WordPieceEncoder::~WordPieceEncoder() = default;

void WordPieceEncoder::encode(std::string_view text, std::vector<TokenId>& out) const {
    const std::string cleaned = m_cleaner->clean(folded(text, m_lowerCase));
    for (const std::string_view word : m_words.split(cleaned)) {
        if (word.front() != ' ') {
            encodeWord(word, out);
        }
    }
}

void WordPieceEncoder::encodeWord(std::string_view word, std::vector<TokenId>& out) const {
    const std::size_t before = out.size();
    const std::string marked = std::string(kWordBegin) + std::string(word);
    for (std::string_view rest = marked; !rest.empty();) {
        TokenId longest = Vocabulary::kNone;
        std::size_t bytes = 0;
        m_index.forEach(rest, [&](TokenId id, std::size_t size) {
            longest = id;
            bytes = size;
        });
        if (longest == Vocabulary::kNone) {
            out.resize(before);
            if (m_vocabulary->unknown) {
                out.push_back(*m_vocabulary->unknown);
            }
            return;
        }
        out.push_back(longest);
        rest.remove_prefix(bytes);
    }
}

}  // namespace lares::inference

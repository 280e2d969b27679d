#include "inference/tokenizer/pretokenizer.h"

#include "inference/error.h"
#include "inference/gguf/utf8.h"

#include <cassert>
#include <string>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace lares::inference {

namespace {

// Far above what any of the expressions needs for a text of some megabytes; there to end a search, not to tune it.
constexpr std::uint32_t kMatchLimit = 500'000'000;
constexpr std::uint32_t kDepthLimit = 100'000;
constexpr std::uint32_t kHeapLimitKiB = 64 * 1024;
constexpr std::size_t kJitStackBytes = 64 * 1024, kJitStackMostBytes = 8 * 1024 * 1024;

template <auto Free>
struct Freer {
    template <typename T>
    void operator()(T* object) const {
        Free(object);
    }
};

/// PCRE2's own \s also takes U+180E, which has not been white space since Unicode 6.3.
std::string withUnicodeSpaces(std::string_view pattern) {
    std::string out;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const bool escape = pattern[i] == '\\' && i + 1 < pattern.size();
        if (escape && (pattern[i + 1] == 's' || pattern[i + 1] == 'S')) {
            out += pattern[i + 1] == 's' ? "\\p{White_Space}" : "\\P{White_Space}";
            ++i;
        } else if (escape) {
            out += pattern.substr(i++, 2);
        } else {
            out += pattern[i];
        }
    }
    return out;
}

/// What one call of split() needs of PCRE2 besides the compiled patterns.
struct MatchState {
    std::unique_ptr<pcre2_match_context, Freer<pcre2_match_context_free>> context{pcre2_match_context_create(nullptr)};
    std::unique_ptr<pcre2_jit_stack, Freer<pcre2_jit_stack_free>> stack{
        pcre2_jit_stack_create(kJitStackBytes, kJitStackMostBytes, nullptr)};
    std::unique_ptr<pcre2_match_data, Freer<pcre2_match_data_free>> data{pcre2_match_data_create(1, nullptr)};

    MatchState() {
        if (!context || !stack || !data) {
            throw std::bad_alloc();
        }
        pcre2_set_match_limit(context.get(), kMatchLimit);
        pcre2_set_depth_limit(context.get(), kDepthLimit);
        pcre2_set_heap_limit(context.get(), kHeapLimitKiB);
        pcre2_jit_stack_assign(context.get(), nullptr, stack.get());
    }
};

}  // namespace

class Pretokenizer::Expression {
 public:
    explicit Expression(std::string_view pattern) {
        const std::string text = withUnicodeSpaces(pattern);
        int error = 0;
        PCRE2_SIZE at = 0;
        m_code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), PCRE2_UTF | PCRE2_UCP,
                                   &error, &at, nullptr));
        assert(m_code != nullptr && "a pre-tokenizer pattern does not compile");
        pcre2_jit_compile(m_code.get(), PCRE2_JIT_COMPLETE);  // where there is no JIT, pcre2_match interprets
    }

    /// Cuts `piece`, which is valid UTF-8, and appends what comes out.
    void cut(std::string_view piece, MatchState& state, std::vector<std::string_view>& out) const {
        const auto* subject = reinterpret_cast<PCRE2_SPTR>(piece.data());
        std::size_t done = 0, from = 0;
        while (from < piece.size()) {
            const int result = pcre2_match(m_code.get(), subject, piece.size(), from, PCRE2_NO_UTF_CHECK,
                                           state.data.get(), state.context.get());
            if (result == PCRE2_ERROR_NOMATCH) {
                break;
            }
            if (result < 0) {
                throw Error(ErrorKind::badRequest, "The text cannot be cut into words: it is too long or too tangled.",
                            "PCRE2 error " + std::to_string(result));
            }
            const PCRE2_SIZE* bounds = pcre2_get_ovector_pointer(state.data.get());
            const std::size_t begin = bounds[0], end = bounds[1];
            if (begin > done) {
                out.push_back(piece.substr(done, begin - done));
                done = begin;
            }
            if (end > begin) {
                out.push_back(piece.substr(begin, end - begin));
                done = from = end;
            } else {
                from = begin < piece.size() ? begin + decodeFirst(piece.substr(begin)).bytes : piece.size();
            }
        }
        if (done < piece.size()) {
            out.push_back(piece.substr(done));
        }
    }

 private:
    std::unique_ptr<pcre2_code, Freer<pcre2_code_free>> m_code;
};

Pretokenizer::Pretokenizer(std::span<const std::string_view> patterns) {
    for (const std::string_view pattern : patterns) {
        m_expressions.emplace_back(pattern);
    }
}

Pretokenizer::Pretokenizer(Pretokenizer&&) noexcept = default;
Pretokenizer& Pretokenizer::operator=(Pretokenizer&&) noexcept = default;
Pretokenizer::~Pretokenizer() = default;

std::vector<std::string_view> Pretokenizer::split(std::string_view text) const {
    MatchState state;
    std::vector<std::string_view> words, valid, next;
    while (!text.empty()) {
        std::size_t length = 0;
        while (length < text.size()) {
            const Utf8Character character = decodeFirst(text.substr(length));
            if (!character.valid) {
                break;
            }
            length += character.bytes;
        }
        if (length == 0) {
            words.push_back(text.substr(0, 1));
            text.remove_prefix(1);
            continue;
        }
        valid.assign(1, text.substr(0, length));
        for (const Expression& expression : m_expressions) {
            next.clear();
            for (const std::string_view piece : valid) {
                expression.cut(piece, state, next);
            }
            valid.swap(next);
        }
        words.insert(words.end(), valid.begin(), valid.end());
        text.remove_prefix(length);
    }
    return words;
}

}  // namespace lares::inference

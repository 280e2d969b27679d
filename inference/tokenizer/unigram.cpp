#include "inference/tokenizer/unigram.h"

#include "inference/error.h"
#include "inference/gguf/utf8.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lares::inference {

namespace {

constexpr std::string_view kBlank = "\u2581";
constexpr double kUnknownPenalty = 10;   // below the lowest score
constexpr std::size_t kMostGrowth = 16;  // by normalising; the most that NFKC can do is 11

/// The best way to the place behind a token.
struct Step {
    double score = -std::numeric_limits<double>::infinity();
    std::uint32_t from = 0;
    TokenId token = Vocabulary::kNone;  ///< kNone: an unknown character
};

/// Scores of a hostile file may be infinite; sums of them would have no order.
double finite(float score) {
    constexpr double kMost = 1e6;
    return std::clamp(static_cast<double>(score), -kMost, kMost);
}

}  // namespace

UnigramEncoder::UnigramEncoder(const Vocabulary& vocabulary, Charsmap charsmap, Options options)
    : m_vocabulary(&vocabulary), m_charsmap(std::move(charsmap)), m_options(options), m_index(vocabulary) {
    double lowest = 0;
    for (TokenId id = 0; id < static_cast<TokenId>(vocabulary.size()); ++id) {
        if (vocabulary.kind(id) == TokenKind::normal) {
            lowest = std::min(lowest, finite(vocabulary.score(id)));
        }
    }
    m_unknownScore = lowest - kUnknownPenalty;
}

std::string UnigramEncoder::normalised(std::string_view text) const {
    std::string out;
    const std::size_t most = text.size() * kMostGrowth + 64;
    bool inWord = false, begun = false;
    const auto add = [&](std::string_view part) {
        for (const char c : part) {
            if (c == ' ') {
                inWord = false;
                if (!m_options.mergeSpaces) {
                    out += kBlank;
                }
                continue;
            }
            if (!inWord && (m_options.mergeSpaces ? begun || m_options.spacePrefix : !begun && m_options.spacePrefix)) {
                out += kBlank;
            }
            inWord = begun = true;
            out += c;
        }
    };
    while (!text.empty()) {
        if (const Charsmap::Match match = m_charsmap.longest(text); match.bytes > 0) {
            add(match.replacement);
            text.remove_prefix(match.bytes);
        } else {
            const Utf8Character character = decodeFirst(text);
            add(character.valid ? text.substr(0, character.bytes) : "\uFFFD");
            text.remove_prefix(character.bytes);
        }
        if (out.size() > most) {
            throw Error(ErrorKind::badFile, "The tokenizer's character map makes texts much longer than they are.");
        }
    }
    return out;
}

void UnigramEncoder::encode(std::string_view text, std::vector<TokenId>& out) const {
    const std::string input = normalised(text);
    std::vector<Step> best(input.size() + 1);
    best[0].score = 0;
    for (std::size_t at = 0; at < input.size();) {
        const std::string_view rest = std::string_view(input).substr(at);
        const std::size_t character = decodeFirst(rest).bytes;
        const auto offer = [&](std::size_t bytes, TokenId token, double score) {
            Step& step = best[at + bytes];
            if (best[at].score + score > step.score) {
                step = {best[at].score + score, static_cast<std::uint32_t>(at), token};
            }
        };
        bool whole = false;
        m_index.forEach(rest, [&](TokenId id, std::size_t bytes) {
            whole = whole || bytes == character;
            offer(bytes, id, m_vocabulary->kind(id) == TokenKind::userDefined ? 0 : finite(m_vocabulary->score(id)));
        });
        if (!whole) {
            offer(character, Vocabulary::kNone, m_unknownScore);
        }
        at += character;
    }
    const std::size_t begin = out.size();
    bool afterUnknown = false;
    for (std::size_t at = input.size(); at > 0; at = best[at].from) {
        const bool isUnknown = best[at].token == Vocabulary::kNone;
        if (!isUnknown) {
            out.push_back(best[at].token);
        } else if (!afterUnknown && m_vocabulary->unknown) {
            out.push_back(*m_vocabulary->unknown);
        }
        afterUnknown = isUnknown;
    }
    std::reverse(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end());
}

}  // namespace lares::inference

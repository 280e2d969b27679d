#include "inference/tokenizer/special_splitter.h"

#include <algorithm>
#include <bitset>

namespace lares::inference {

namespace {

/// Which pairs of neighbouring bytes a text has: rules out nearly every special token without searching for it.
class PairFilter {
 public:
    explicit PairFilter(std::string_view text) {
        for (std::size_t i = 1; i < text.size(); ++i) {
            m_pairs.set(pair(text, i));
        }
    }
    bool mayContain(std::string_view word) const {
        for (std::size_t i = 1; i < word.size(); ++i) {
            if (!m_pairs.test(pair(word, i))) {
                return false;
            }
        }
        return true;
    }

 private:
    static std::size_t pair(std::string_view text, std::size_t i) {
        return static_cast<std::size_t>(static_cast<std::uint8_t>(text[i - 1])) << 8 |
               static_cast<std::uint8_t>(text[i]);
    }
    std::bitset<65536> m_pairs;
};

bool inside(std::size_t begin, std::size_t end, std::span<const SpecialSplitter::Range> ranges) {
    const auto next = std::ranges::upper_bound(ranges, begin, {}, &SpecialSplitter::Range::begin);
    return next != ranges.begin() && end <= std::prev(next)->end;
}

constexpr std::string_view kSpaces = " \t\n\v\f\r";

std::string_view withoutLeadingSpace(std::string_view text) {
    const std::size_t first = text.find_first_not_of(kSpaces);
    return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

std::string_view withoutTrailingSpace(std::string_view text) {
    return text.substr(0, text.find_last_not_of(kSpaces) + 1);
}

}  // namespace

SpecialSplitter::SpecialSplitter(const Vocabulary& vocabulary, Habits habits) {
    for (TokenId id = 0; id < static_cast<TokenId>(vocabulary.size()); ++id) {
        const std::string_view name = vocabulary.name(id);
        const bool control = vocabulary.isControl(id);
        if (name.empty() || (!control && vocabulary.kind(id) != TokenKind::userDefined) ||
            vocabulary.find(name) != id) {
            continue;
        }
        const bool keeps = name == "<unk>" || name == "<s>" || name == "<|endoftext|>";
        m_specials.push_back({std::string(name), id, control, habits.stripsAfter && !keeps,
                              habits.stripsBeforeMask && name == "<mask>"});
    }
    std::ranges::stable_sort(m_specials, std::ranges::greater(), [](const Special& s) { return s.name.size(); });
}

std::vector<Fragment> SpecialSplitter::split(std::string_view text, std::span<const Range> allowed) const {
    std::vector<Fragment> fragments;
    if (text.empty()) {
        return fragments;
    }
    fragments.push_back({text});
    const PairFilter filter(text);
    std::vector<Fragment> next;
    for (const Special& special : m_specials) {
        if ((special.control && allowed.empty()) || special.name.size() > text.size() ||
            !filter.mayContain(special.name)) {
            continue;
        }
        next.clear();
        for (const Fragment& fragment : fragments) {
            if (fragment.token != Vocabulary::kNone) {
                next.push_back(fragment);
                continue;
            }
            std::string_view rest = fragment.text;
            for (std::size_t at = rest.find(special.name); at != std::string_view::npos;) {
                const auto begin = static_cast<std::size_t>(rest.data() + at - text.data());
                if (special.control && !inside(begin, begin + special.name.size(), allowed)) {
                    at = rest.find(special.name, at + 1);
                    continue;
                }
                std::string_view before = rest.substr(0, at);
                if (special.stripsBefore) {
                    before = withoutTrailingSpace(before);
                }
                if (!before.empty()) {
                    next.push_back({before});
                }
                next.push_back({rest.substr(at, special.name.size()), special.id});
                rest.remove_prefix(at + special.name.size());
                if (special.stripsAfter) {
                    rest = withoutLeadingSpace(rest);
                }
                at = rest.find(special.name);
            }
            if (!rest.empty()) {
                next.push_back({rest});
            }
        }
        fragments.swap(next);
    }
    return fragments;
}

}  // namespace lares::inference

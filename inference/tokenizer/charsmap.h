// The precompiled character map of SentencePiece models: a double-array trie of byte sequences and what each of them is
// replaced by (NFKC and the like). Format: u32 bytes of the trie, its u32 nodes, then NUL-terminated replacements; of a
// node bits 0-7 and 31 are the label, bit 8 says that a replacement ends here, bits 10-30 are the offset of the
// children (times 256 with bit 9). Source: sentencepiece's normalizer and the Darts-clone paper's node layout.
//
// Files come from strangers: an offset that leads nowhere is no match, and no walk is longer than kLongestMatch.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lares::inference {

class Charsmap {
 public:
    Charsmap() = default;  ///< replaces nothing

    /// Throws badFile when the parts do not fit the bytes or a replacement is longer than any could be.
    explicit Charsmap(std::string_view bytes);

    struct Match {
        std::size_t bytes = 0;  ///< of the text; 0: nothing is replaced here
        std::string_view replacement;
    };
    /// For the longest beginning of `text` that has a replacement.
    Match longest(std::string_view text) const;

 private:
    std::vector<std::uint32_t> m_nodes;
    std::string m_replacements;
};

}  // namespace lares::inference

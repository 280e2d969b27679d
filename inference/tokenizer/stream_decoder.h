// Tokens one at a time to text that can be shown at once: holds back the bytes of a character until it is complete.
#pragma once

#include "inference/tokenizer/tokenizer.h"

#include <string>

namespace lares::inference {

/// One per answer. The tokenizer must outlive it.
class StreamDecoder {
 public:
    /// `special`: control tokens are written out. `textStart`: the first token begins a text of its own, so the blank
    /// that a "llama" vocabulary puts there is taken off (a chat answer; not the continuation of a prompt).
    explicit StreamDecoder(const Tokenizer& tokenizer, bool special = false, bool textStart = false);

    /// Valid UTF-8, perhaps empty. Bytes that can never become a character are given as U+FFFD. `written`: this token
    /// is written out even if it is a control token.
    std::string push(TokenId token, bool written = false);

    /// What is left, an unfinished character as U+FFFD; ready for another text of the same kind afterwards.
    std::string finish();

 private:
    const Tokenizer* m_tokenizer;
    bool m_special;
    bool m_textStart;
    bool m_atStart;
    std::string m_held;
};

}  // namespace lares::inference

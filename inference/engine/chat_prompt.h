// From messages to the tokens of a prompt: the model's own chat template, or a fallback where it has none that works.
// Control tokens are only ever recognised in text that the template itself wrote, never in what a message says.
#pragma once

#include "inference/answer/answer_format.h"
#include "inference/gguf/gguf_file.h"
#include "inference/template/chat_template.h"
#include "inference/tokenizer/tokenizer.h"
#include "inference/types.h"

namespace lares::inference {

class ChatPrompt {
 public:
    /// A template that does not parse is replaced by a fallback with a sentence in warnings(). `tokenizer` outlives it.
    ChatPrompt(const GgufFile& file, const ModelInfo& info, const Tokenizer& tokenizer);

    /// "model", or the name of the fallback.
    const std::string& source() const { return m_source; }
    const std::string& templateText() const { return m_templateText; }
    const std::vector<std::string>& warnings() const { return m_warnings; }
    /// How the answers to such prompts mark thinking and calls.
    const AnswerFormat& answerFormat() const { return *m_answerFormat; }

    /// The messages, earlier answers without their thinking, and the beginning of the assistant's turn, which has said
    /// `answerSoFar` (a canonical answer, of which the thinking is left out) already. Throws TemplateError.
    std::vector<TokenId> encode(const std::vector<ChatMessage>& messages, std::string_view answerSoFar = {}) const;

    /// A prompt as it is: whoever writes the whole prompt may write control tokens into it.
    std::vector<TokenId> encodeRaw(std::string_view prompt) const;

 private:
    std::vector<TokenId> withBegin(std::vector<TokenId> tokens) const;

    const Tokenizer& m_tokenizer;
    std::string m_source;
    std::string m_templateText;
    const AnswerFormat* m_answerFormat = nullptr;
    std::vector<std::string> m_warnings;
    ChatTemplate m_template;
};

}  // namespace lares::inference

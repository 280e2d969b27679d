#include "inference/engine/chat_prompt.h"

#include "inference/answer/canonical_answer.h"
#include "inference/template/fallback_templates.h"

#include <algorithm>

namespace lares::inference {

namespace {

const char* roleName(Role role) {
    switch (role) {
        case Role::system:
            return "system";
        case Role::user:
            return "user";
        case Role::assistant:
            return "assistant";
    }
    return "user";
}

/// The template to use; fills in where it came from, and why where that is not the model.
ChatTemplate chooseTemplate(const GgufFile& file, const ModelInfo& info, const Tokenizer& tokenizer,
                            const AnswerFormat*& answerFormat, std::string& source, std::string& text,
                            std::vector<std::string>& warnings) {
    constexpr std::string_view kKey = "tokenizer.chat_template";
    std::string reason;
    if (file.kind(kKey) == GgufKind::text) {
        try {
            source = "model";
            text = *file.text(kKey);
            answerFormat = &answerFormatOf(text);
            return ChatTemplate::parse(text);
        } catch (const TemplateError& error) {
            reason = error.what();
        }
    } else if (file.contains(kKey)) {
        reason = "It is not a text.";
    }
    const FallbackTemplate fallback = chooseFallbackTemplate(
        {info.architecture, info.name, [&](std::string_view marker) { return tokenizer.find(marker).has_value(); }});
    source = fallback.name;
    text = fallback.source;
    answerFormat = &answerFormatOf(text);
    if (!reason.empty()) {
        warnings.push_back("The model's own chat template cannot be used, so messages are written in the \"" +
                           fallback.name + "\" format. " + reason);
    }
    return ChatTemplate::parse(fallback.source);
}

/// What has to stand between a prompt that ends so and an answer's visible text: templates may open the thinking.
std::string_view thoughtEnd(const AnswerFormat& format, std::string_view promptEnding) {
    const auto last = promptEnding.find_last_not_of(" \t\r\n");
    const std::string_view ending = promptEnding.substr(0, last == std::string_view::npos ? 0 : last + 1);
    const auto opens = [&](const AnswerMarker& marker) {
        return marker.to == AnswerSection::thinking && ending.ends_with(marker.text);
    };
    if (std::none_of(format.markers.begin(), format.markers.end(), opens)) return {};
    for (const AnswerMarker& marker : format.markers) {
        if (marker.in == AnswerSection::thinking && marker.to == AnswerSection::text) return marker.text;
    }
    return {};
}

}  // namespace

ChatPrompt::ChatPrompt(const GgufFile& file, const ModelInfo& info, const Tokenizer& tokenizer)
    : m_tokenizer(tokenizer),
      m_template(chooseTemplate(file, info, tokenizer, m_answerFormat, m_source, m_templateText, m_warnings)) {}

std::vector<TokenId> ChatPrompt::encode(const std::vector<ChatMessage>& messages, std::string_view answerSoFar) const {
    nlohmann::ordered_json context;
    context["messages"] = nlohmann::ordered_json::array();
    for (const ChatMessage& message : messages) {
        const std::string text = message.role == Role::assistant ? withoutThinking(message.text) : message.text;
        context["messages"].push_back({{"role", roleName(message.role)}, {"content", text}});
    }
    context["add_generation_prompt"] = true;
    context["bos_token"] = m_tokenizer.bos() ? std::string(m_tokenizer.name(*m_tokenizer.bos())) : "";
    context["eos_token"] = m_tokenizer.eos() ? std::string(m_tokenizer.name(*m_tokenizer.eos())) : "";

    const std::vector<TextSpan> spans = m_template.renderSpans(context);
    std::vector<TextPart> parts;
    for (const TextSpan& span : spans) parts.push_back({span.text, !span.fromUser});
    const std::string said = withoutThinking(answerSoFar);
    if (!said.empty()) {
        if (!parts.empty()) parts.push_back({thoughtEnd(*m_answerFormat, spans.back().text), true});
        parts.push_back({said, false});
    }
    return withBegin(m_tokenizer.encode(parts, false));
}

std::vector<TokenId> ChatPrompt::encodeRaw(std::string_view prompt) const {
    return withBegin(m_tokenizer.encode(prompt, {.addSpecial = false, .parseSpecial = true}));
}

/// Puts the begin-of-text token first where the model wants one and the text has not written it itself. An end-of-text
/// token is never added: the model is to go on.
std::vector<TokenId> ChatPrompt::withBegin(std::vector<TokenId> tokens) const {
    const auto bos = m_tokenizer.bos();
    if (bos && m_tokenizer.addsBos() && (tokens.empty() || tokens.front() != *bos)) tokens.insert(tokens.begin(), *bos);
    return tokens;
}

}  // namespace lares::inference

#include "inference/answer/answer_format.h"

#include <algorithm>

namespace lares::inference {

namespace {

using Section = AnswerSection;

constexpr std::string_view kHarmonySays[] = {"<|channel|>"};
constexpr AnswerMarker kHarmony[] = {
    {"<|start|>", Section::text, Section::header},
    {"<|start|>", Section::thinking, Section::header},
    {"<|start|>", Section::call, Section::header},
    {"<|channel|>", Section::text, Section::header},
    {"<|channel|>", Section::thinking, Section::header},
    {"<|channel|>", Section::call, Section::header},
    {"<|channel|>", Section::header, Section::header},
    {"<|message|>", Section::header, Section::text},  // or what the header says
    {"<|end|>", Section::text, Section::text},
    {"<|end|>", Section::thinking, Section::text},
    {"<|end|>", Section::call, Section::text},
};

constexpr std::string_view kCohereSays[] = {"<|START_THINKING|>", "<|START_ACTION|>"};
constexpr AnswerMarker kCohere[] = {
    {"<|START_THINKING|>", Section::text, Section::thinking}, {"<|END_THINKING|>", Section::thinking, Section::text},
    {"<|START_ACTION|>", Section::text, Section::call},       {"<|END_ACTION|>", Section::call, Section::text},
    {"<|START_RESPONSE|>", Section::text, Section::text},     {"<|END_RESPONSE|>", Section::text, Section::text},
    {"<|START_TEXT|>", Section::text, Section::text},         {"<|END_TEXT|>", Section::text, Section::text},
};

constexpr std::string_view kMistralSays[] = {"[TOOL_CALLS]", "[THINK]"};
constexpr std::string_view kMistralPunctuation[] = {"[ARGS]", "[CALL_ID]"};
constexpr AnswerMarker kMistral[] = {
    {"[THINK]", Section::text, Section::thinking},
    {"[/THINK]", Section::thinking, Section::text},
    {"[TOOL_CALLS]", Section::text, Section::call},
    {"[TOOL_CALLS]", Section::call, Section::call},
};

constexpr std::string_view kLlamaSays[] = {"<|python_tag|>"};
constexpr AnswerMarker kLlama[] = {{"<|python_tag|>", Section::text, Section::call}};

// Qwen, Hermes, DeepSeek-R1, GLM, Granite, Nemotron.
constexpr std::string_view kTagsSay[] = {"<think>", "</think>", "<tool_call>", "<|tool_call|>", "<TOOLCALL>"};
constexpr AnswerMarker kTags[] = {
    {"<think>", Section::text, Section::thinking, true}, {"</think>", Section::thinking, Section::text},
    {"<tool_call>", Section::text, Section::call},       {"</tool_call>", Section::call, Section::text},
    {"<|tool_call|>", Section::text, Section::call},     {"<TOOLCALL>", Section::text, Section::call},
    {"</TOOLCALL>", Section::call, Section::text},
};

constexpr AnswerFormat kFormats[] = {
    {.name = "harmony", .templateSays = kHarmonySays, .markers = kHarmony, .begins = Section::header},
    {.name = "cohere", .templateSays = kCohereSays, .markers = kCohere},
    {.name = "mistral", .templateSays = kMistralSays, .markers = kMistral, .callPunctuation = kMistralPunctuation},
    {.name = "tags", .templateSays = kTagsSay, .markers = kTags},
    {.name = "llama-3.1", .templateSays = kLlamaSays, .markers = kLlama, .bareCalls = true},
    {.name = "plain", .templateSays = {}, .markers = {}},
};

}  // namespace

bool AnswerFormat::needs(std::string_view token) const {
    return std::ranges::find(markers, token, &AnswerMarker::text) != markers.end() ||
           std::ranges::find(callPunctuation, token) != callPunctuation.end();
}

const AnswerFormat& answerFormatOf(std::string_view chatTemplate) {
    for (const AnswerFormat& format : kFormats) {
        if (std::ranges::any_of(format.templateSays, [&](std::string_view mark) {
                return chatTemplate.find(mark) != std::string_view::npos;
            })) {
            return format;
        }
    }
    return kFormats[std::size(kFormats) - 1];
}

std::span<const AnswerFormat> answerFormats() {
    return kFormats;
}

}  // namespace lares::inference

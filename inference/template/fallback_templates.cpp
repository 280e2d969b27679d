#include "inference/template/fallback_templates.h"

#include <algorithm>

namespace lares::inference {

namespace {

/// Qwen, Yi, many fine-tunes: every message between <|im_start|> and <|im_end|>.
constexpr const char* kChatml = R"({% for message in messages %}
{{ '<|im_start|>' ~ message.role ~ '\n' ~ message.content ~ '<|im_end|>\n' }}
{%- endfor %}
{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %})";

/// Llama 2 chat: turns in [INST], the system message inside the first of them.
constexpr const char* kLlama2 = R"({% set ns = namespace(system='') %}
{% for message in messages %}
{% if message.role == 'system' %}
{% set ns.system = '<<SYS>>\n' ~ message.content | trim ~ '\n<</SYS>>\n\n' %}
{% elif message.role == 'user' %}
{{- bos_token ~ '[INST] ' ~ ns.system ~ message.content | trim ~ ' [/INST]' }}
{%- set ns.system = '' %}
{% else %}
{{- ' ' ~ message.content | trim ~ ' ' ~ eos_token }}
{%- endif %}
{% endfor %})";

/// Llama 3: a header with the role, a blank line, the text, <|eot_id|>.
constexpr const char* kLlama3 = R"({{ bos_token }}
{%- for message in messages %}
{{- '<|start_header_id|>' ~ message.role ~ '<|end_header_id|>\n\n' ~ message.content | trim ~ '<|eot_id|>' }}
{%- endfor %}
{% if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %})";

/// Mistral instruct: [INST] turns without a system part; the system message goes before the first question.
constexpr const char* kMistral = R"({{ bos_token }}
{%- set ns = namespace(system='') %}
{% for message in messages %}
{% if message.role == 'system' %}
{% set ns.system = message.content | trim ~ '\n\n' %}
{% elif message.role == 'user' %}
{{- '[INST] ' ~ ns.system ~ message.content ~ ' [/INST]' }}
{%- set ns.system = '' %}
{% else %}
{{- ' ' ~ message.content | trim ~ eos_token }}
{%- endif %}
{% endfor %})";

/// Zephyr and its kin: a line with the role, the text, the end-of-text token.
constexpr const char* kZephyr = R"({% for message in messages %}
{{ '<|' ~ message.role ~ '|>\n' ~ message.content ~ eos_token ~ '\n' }}
{%- endfor %}
{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% endif %})";

/// Gemma: turns of "user" and "model"; no system role, so its text opens the first question.
constexpr const char* kGemma = R"({{ bos_token }}
{%- set ns = namespace(system='') %}
{% for message in messages %}
{% if message.role == 'system' %}
{% set ns.system = message.content | trim ~ '\n\n' %}
{% else %}
{% set role = 'model' if message.role == 'assistant' else 'user' %}
{{- '<start_of_turn>' ~ role ~ '\n' ~ ns.system ~ message.content | trim ~ '<end_of_turn>\n' }}
{%- set ns.system = '' %}
{% endif %}
{% endfor %}
{% if add_generation_prompt %}{{- '<start_of_turn>model\n' }}{% endif %})";

/// Phi-3: a line with the role, the text, <|end|>.
constexpr const char* kPhi3 = R"({% for message in messages %}
{{ '<|' ~ message.role ~ '|>\n' ~ message.content ~ '<|end|>\n' }}
{%- endfor %}
{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% endif %})";

/// Command R: every turn between two tokens, the role a token of its own.
constexpr const char* kCommandR = R"({{ bos_token }}
{%- for message in messages %}
{% set role = {'system': 'SYSTEM', 'user': 'USER'}.get(message.role, 'CHATBOT') %}
{{- '<|START_OF_TURN_TOKEN|><|' ~ role ~ '_TOKEN|>' ~ message.content | trim ~ '<|END_OF_TURN_TOKEN|>' }}
{%- endfor %}
{% if add_generation_prompt %}{{- '<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>' }}{% endif %})";

/// For models that know no chat format: headings that any text model can continue (the Alpaca layout).
constexpr const char* kPlain = R"({% for message in messages %}
{% if message.role == 'system' %}
{{- message.content | trim ~ '\n\n' }}
{%- elif message.role == 'user' %}
{{- '### Instruction:\n' ~ message.content | trim ~ '\n\n' }}
{%- else %}
{{- '### Response:\n' ~ message.content | trim ~ '\n\n' }}
{%- endif %}
{% endfor %}
{% if add_generation_prompt %}{{- '### Response:\n' }}{% endif %})";

bool containsIgnoringCase(std::string_view text, std::string_view lowerCase) {
    const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
    return std::search(text.begin(), text.end(), lowerCase.begin(), lowerCase.end(), same) != text.end();
}

FallbackTemplate named(std::string_view name) {
    const auto& all = fallbackTemplates();
    return *std::find_if(all.begin(), all.end(), [name](const FallbackTemplate& entry) { return entry.name == name; });
}

}  // namespace

const std::vector<FallbackTemplate>& fallbackTemplates() {
    static const std::vector<FallbackTemplate> kAll = {
        {"chatml", kChatml}, {"llama-2", kLlama2}, {"llama-3", kLlama3},     {"mistral", kMistral}, {"zephyr", kZephyr},
        {"gemma", kGemma},   {"phi-3", kPhi3},     {"command-r", kCommandR}, {"plain", kPlain}};
    return kAll;
}

FallbackTemplate chooseFallbackTemplate(const FallbackFacts& facts) {
    struct ByToken {
        std::string_view token, name;
    };
    constexpr ByToken kByToken[] = {{"<|im_start|>", "chatml"},   {"<|start_header_id|>", "llama-3"},
                                    {"<start_of_turn>", "gemma"}, {"<|START_OF_TURN_TOKEN|>", "command-r"},
                                    {"[INST]", "mistral"},        {"<|end|>", "phi-3"},
                                    {"<|assistant|>", "zephyr"}};
    for (const ByToken& entry : kByToken) {
        if (facts.hasToken && facts.hasToken(entry.token)) {
            return named(entry.name);
        }
    }
    struct ByName {
        std::string_view part, name;
    };
    constexpr ByName kByName[] = {{"zephyr", "zephyr"},    {"tinyllama", "zephyr"}, {"mistral", "mistral"},
                                  {"mixtral", "mistral"},  {"llama-2", "llama-2"},  {"llama2", "llama-2"},
                                  {"codellama", "llama-2"}};
    for (const ByName& entry : kByName) {
        const bool chats = containsIgnoringCase(facts.modelName, "chat") ||
                           containsIgnoringCase(facts.modelName, "instruct") || entry.name == "zephyr" ||
                           containsIgnoringCase(facts.modelName, "zephyr");
        if (chats && containsIgnoringCase(facts.modelName, entry.part)) {
            return named(entry.name);
        }
    }
    return named("plain");
}

}  // namespace lares::inference

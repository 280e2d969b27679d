// The expressions are facts about the models: they are those of the models' own tokenizer.json files, or for older
// models those that llama.cpp settled on.
#include "inference/tokenizer/pretokenizer_table.h"

#include <algorithm>

namespace lares::inference {

namespace {

using Name = std::string_view;
using Pattern = std::string_view;

// Building blocks.
#define CONTRACTION R"((?i:'s|'t|'re|'ve|'m|'ll|'d))"
#define SPACES R"(\s*[\r\n]+|\s+(?!\S)|\s+)"
#define UPPER R"([\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}])"
#define LOWER R"([\p{Ll}\p{Lm}\p{Lo}\p{M}])"
#define WORD_WITH_CASE(SUFFIX) \
    R"([^\r\n\p{L}\p{N}]?)" UPPER "*" LOWER "+" SUFFIX R"(|[^\r\n\p{L}\p{N}]?)" UPPER "+" LOWER "*" SUFFIX
#define GPT2 R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)"
#define LLAMA3_LIKE(DIGITS) CONTRACTION R"(|[^\r\n\p{L}\p{N}]?\p{L}+|)" DIGITS R"(| ?[^\s\p{L}\p{N}]+[\r\n]*|)" SPACES

constexpr Pattern kLlama3[] = {LLAMA3_LIKE(R"(\p{N}{1,3})")};
constexpr Pattern kQwen2[] = {LLAMA3_LIKE(R"(\p{N})")};
constexpr Pattern kQwen35[] = {CONTRACTION
                               R"(|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|)" SPACES};
constexpr Pattern kMiniCpm5[] = {R"(\p{N}{1,3})", LLAMA3_LIKE(R"(\p{N}+)")};
constexpr Pattern kSeedCoder[] = {CONTRACTION R"(|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}\r\n]+|)" SPACES};
constexpr Pattern kBailing[] = {
    R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+)"};
constexpr Pattern kExaoneMoe[] = {
    CONTRACTION
    R"(|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|\s+(?!\S)|\s+)"};
constexpr Pattern kGpt2[] = {GPT2};
constexpr Pattern kCommandR[] = {R"(\p{N})", GPT2};
constexpr Pattern kTekken[] = {WORD_WITH_CASE("") R"(|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|)" SPACES};
constexpr Pattern kGpt4o[] = {WORD_WITH_CASE(CONTRACTION "?") R"(|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|)" SPACES};
constexpr Pattern kFalcon[] = {R"([\p{P}\$\+<=>\^~\|`]+)", GPT2, "[0-9][0-9][0-9]"};
constexpr Pattern kDefault[] = {R"([\p{P}\$\+<=>\^~\|]+)", GPT2, R"(\p{N}+)", "[0-9][0-9][0-9]"};
constexpr Pattern kPoro[] = {R"( ?[^(\s|.,!?…。，、।۔،)]+)"};
constexpr Pattern kViking[] = {R"( ?[^(\s|.,!?…。，、।۔،)]+)", R"(\p{N})"};

// Letters that have case, as of the Unicode version DeepSeek's tokenizer was made with.
#define CASED_LETTERS                                                                                                   \
    R"(A-Za-z\x{B5}\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{1BA}\x{1BC}-\x{1BF}\x{1C4}-\x{293}\x{295}-\x{2AF})"              \
    R"(\x{370}-\x{373}\x{376}\x{377}\x{37B}-\x{37D}\x{37F}\x{386}\x{388}-\x{38A}\x{38C}\x{38E}-\x{3A1}\x{3A3}-\x{3F5})" \
    R"(\x{3F7}-\x{481}\x{48A}-\x{52F}\x{531}-\x{556}\x{10A0}-\x{10C5}\x{13A0}-\x{13F5}\x{13F8}-\x{13FD})"               \
    R"(\x{1C90}-\x{1CBA}\x{1CBD}-\x{1CBF}\x{1D00}-\x{1D2B}\x{1D6B}-\x{1D77}\x{1D79}-\x{1D9A}\x{1E00}-\x{1F15})"         \
    R"(\x{1F18}-\x{1F1D}\x{1F20}-\x{1F45}\x{1F48}-\x{1F4D}\x{1F50}-\x{1F57}\x{1F59}\x{1F5B}\x{1F5D}\x{1F5F}-\x{1F7D})"  \
    R"(\x{1F80}-\x{1FB4}\x{1FB6}-\x{1FBC}\x{1FBE}\x{1FC2}-\x{1FC4}\x{1FC6}-\x{1FCC}\x{1FD0}-\x{1FD3}\x{1FD6}-\x{1FDB})" \
    R"(\x{1FE0}-\x{1FEC}\x{1FF2}-\x{1FF4}\x{1FF6}-\x{1FFC}\x{2102}\x{2107}\x{210A}-\x{2113}\x{2115}\x{2119}-\x{211D})"  \
    R"(\x{2124}\x{2126}\x{2128}\x{212A}-\x{212D}\x{212F}-\x{2134}\x{2139}\x{213C}-\x{213F}\x{2145}-\x{2149}\x{214E})"   \
    R"(\x{2183}\x{2184}\x{2C00}-\x{2C7B}\x{2C7E}-\x{2CE4}\x{2CEB}-\x{2CEE}\x{2CF2}\x{2CF3}\x{A640}-\x{A66D})"           \
    R"(\x{A680}-\x{A69B}\x{A722}-\x{A76F}\x{A771}-\x{A787}\x{A78B}-\x{A78E}\x{AB70}-\x{ABBF}\x{FB00}-\x{FB06})"         \
    R"(\x{FB13}-\x{FB17}\x{FF21}-\x{FF3A}\x{FF41}-\x{FF5A}\x{10400}-\x{1044F}\x{104B0}-\x{104D3}\x{104D8}-\x{104FB})"   \
    R"(\x{10C80}-\x{10CB2}\x{10CC0}-\x{10CF2}\x{118A0}-\x{118DF}\x{1E900}-\x{1E943})"

constexpr Pattern kDeepseekLlm[] = {
    R"([\r\n])",
    R"(\s?[)" CASED_LETTERS "]+",
    R"(\s?[!-/:-~\x{FF01}-\x{FF0F}\x{FF1A}-\x{FF5E}\x{2018}-\x{201F}\x{3000}-\x{3002}]+)",
    R"(\s+\z)",
    R"([\x{4E00}-\x{9FA5}\x{800}-\x{4E00}\x{AC00}-\x{D7FF}]+)",
    R"(\p{N}+)",
};
constexpr Pattern kDeepseekCoder[] = {
    R"([\r\n])", R"(\s?\p{L}+)", R"(\s?\p{P}+)", R"([\x{4E00}-\x{9FA5}\x{800}-\x{4E00}\x{AC00}-\x{D7FF}]+)", R"(\p{N})",
};
constexpr Pattern kDeepseekV3[] = {
    R"(\p{N}{1,3})",
    R"([\x{4E00}-\x{9FA5}\x{3040}-\x{309F}\x{30A0}-\x{30FF}]+)",
    R"([!-/:-@\[-`{-~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|)" SPACES,
};

constexpr Name kLlama3Names[] = {"llama-bpe", "llama3",   "llama-v3", "falcon3",     "falcon-h1",
                                 "pixtral",   "midm-2.0", "lfm2",     "jina-v5-nano"};
constexpr Name kDbrxNames[] = {"dbrx", "smaug", "smaug-bpe", "glm4", "chatglm-bpe"};
constexpr Name kQwen2Names[] = {"qwen2",     "deepseek-r1-qwen", "megrez",     "kormo", "f2llmv2",
                                "stablelm2", "hunyuan",          "solar-open", "grok-2"};
constexpr Name kQwen35Names[] = {"qwen35"};
constexpr Name kMiniCpm5Names[] = {"minicpm5"};
constexpr Name kSeedCoderNames[] = {"seed-coder"};
constexpr Name kBailingNames[] = {"bailingmoe", "bailingmoe2", "llada-moe"};
constexpr Name kExaoneMoeNames[] = {"exaone-moe"};
constexpr Name kGpt2Names[] = {
    "gpt-2",      "phi-2",       "olmo",     "mpt",     "jais",   "jina-es", "jina-de",  "jina-v2-es",
    "jina-v2-de", "modern-bert", "gigachat", "a.x-4.0", "mellum", "exaone4", "trillion", "granite-docling"};
constexpr Name kRobertaNames[] = {"jina-v1-en", "jina-v2-code", "roberta-bpe"};
constexpr Name kCommandRNames[] = {"command-r", "starcoder", "refact",     "smollm", "codeshell",
                                   "exaone",    "minerva",   "minerva-7b", "mellum2"};
constexpr Name kTekkenNames[] = {"tekken"};
constexpr Name kGpt4oNames[] = {"gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2"};
constexpr Name kFalconNames[] = {"falcon"};
constexpr Name kDefaultNames[] = {"default"};
constexpr Name kPoroNames[] = {"poro-chat", "bloom", "gpt3-finnish"};
constexpr Name kVikingNames[] = {"viking"};
constexpr Name kDeepseekLlmNames[] = {"deepseek-llm"};
constexpr Name kDeepseekCoderNames[] = {"deepseek-coder"};
constexpr Name kDeepseekV3Names[] = {"deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4"};

constexpr PretokenizerRule kRules[] = {
    {.names = kLlama3Names, .patterns = kLlama3, .wholeWords = true, .addsBos = true},
    {.names = kDbrxNames, .patterns = kLlama3},
    {.names = kQwen2Names, .patterns = kQwen2},
    {.names = kQwen35Names, .patterns = kQwen35},
    {.names = kMiniCpm5Names, .patterns = kMiniCpm5, .wholeWords = true},
    {.names = kSeedCoderNames, .patterns = kSeedCoder},
    {.names = kBailingNames, .patterns = kBailing},
    {.names = kExaoneMoeNames, .patterns = kExaoneMoe},
    {.names = kGpt2Names, .patterns = kGpt2},
    {.names = kRobertaNames, .patterns = kGpt2, .addsEos = true},
    {.names = kCommandRNames, .patterns = kCommandR},
    {.names = kTekkenNames, .patterns = kTekken, .wholeWords = true, .addsBos = true},
    {.names = kGpt4oNames, .patterns = kGpt4o},
    {.names = kFalconNames, .patterns = kFalcon},
    {.names = kDefaultNames, .patterns = kDefault},
    {.names = kPoroNames, .patterns = kPoro},
    {.names = kVikingNames, .patterns = kViking},
    {.names = kDeepseekLlmNames, .patterns = kDeepseekLlm},
    {.names = kDeepseekCoderNames, .patterns = kDeepseekCoder},
    {.names = kDeepseekV3Names, .patterns = kDeepseekV3},
};

}  // namespace

std::span<const PretokenizerRule> pretokenizerRules() {
    return kRules;
}

const PretokenizerRule* findPretokenizer(std::string_view name) {
    const auto* rule = std::ranges::find_if(kRules, [name](const PretokenizerRule& candidate) {
        return std::ranges::find(candidate.names, name) != candidate.names.end();
    });
    return rule == std::end(kRules) ? nullptr : rule;
}

}  // namespace lares::inference

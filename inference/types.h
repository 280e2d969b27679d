// The values that cross the engine's border. Plain data, UTF-8 text, no pointers to the engine's inside: a later Engine
// may live in another process.
#pragma once

#include "inference/error.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lares::inference {

using TokenId = std::int32_t;

/// A compute device as the engine sees it, usable or not.
struct DeviceReport {
    std::string id;      ///< what `--device` takes: "vulkan:0", "cpu"
    std::string name;    ///< as the driver says it
    std::string kind;    ///< "discrete", "integrated", "virtual", "software" (Vulkan without a card), "cpu"
    std::string driver;  ///< name and version
    std::uint64_t memoryTotalBytes = 0;
    std::optional<std::uint64_t> memoryFreeBytes;  ///< only where the driver tells
    bool usable = false;
    bool chosen = false;                ///< would be taken by "auto"
    std::string verdict;                ///< one sentence: why it is or is not used
    std::vector<std::string> features;  ///< short names: "f16", "int8-dot", "cooperative-matrix", ...
};

/// What a model file says of itself. No weights are read to fill it.
struct ModelInfo {
    std::filesystem::path path;
    std::string name;  ///< general.name made safe to show (no control or bidi characters), else the file name
    std::string architecture;
    std::string quantisation;  ///< the type most weight bytes have: "Q4_0"; with "mixed" detail in tensorTypes
    std::vector<std::pair<std::string, std::uint64_t>> tensorTypes;  ///< type name, bytes
    std::uint64_t parameterCount = 0;
    std::uint64_t fileBytes = 0;  ///< all parts of a split model
    std::uint32_t contextLength = 0;
    std::uint32_t vocabularySize = 0;
    std::uint32_t layerCount = 0, embeddingLength = 0, headCount = 0, headCountKv = 0, feedForwardLength = 0;
    std::string tokenizer;     ///< "llama" (SPM), "gpt2" (byte-level BPE), ...
    std::string tokenizerPre;  ///< tokenizer.ggml.pre, may be empty
    bool hasChatTemplate = false;
    bool embeds = false;                ///< makes embeddings, and cannot write text
    std::string licence;                ///< may be empty
    std::vector<std::string> warnings;  ///< whole sentences
};

enum class Role { system, user, assistant };

struct ChatMessage {
    Role role = Role::user;
    std::string text;
};

/// Sampler chain in its order: repetition penalty, top-k, top-p, min-p, temperature, draw. Temperature 0 is greedy.
struct SamplingParams {
    float temperature = 0.7f;
    std::int32_t topK = 40;             ///< 0: off
    float topP = 0.95f;                 ///< 1: off
    float minP = 0.05f;                 ///< 0: off
    float repeatPenalty = 1.0f;         ///< 1: off
    std::int32_t repeatLastN = 64;      ///< tokens looked back over
    std::optional<std::uint64_t> seed;  ///< drawn at random when absent; the one used is in GenerateStats
};

/// A LoRA adapter for a model: a GGUF file of its own, whose changes are multiplied by `scale`. Several add up.
struct Adapter {
    std::filesystem::path path;
    float scale = 1.0f;  ///< finite, perhaps negative; 0: ready on the device, but not computed with
};

struct LoadRequest {
    std::filesystem::path path;
    std::uint32_t contextLength = 0;  ///< tokens; 0: min(the model's own, 4096) or less where memory does not allow it
    std::vector<Adapter> adapters{};  ///< see Engine::setAdapters
};

struct LoadProgress {
    std::uint64_t bytesDone = 0, bytesTotal = 0;
};

/// Whether tokens are guessed ahead and checked several at once; see engine/lookahead.h.
enum class Drafting {
    off,
    automatic,    ///< where it is faster and cannot change an answer by a bit
    whereFaster,  ///< on graphics cards too, where a token's numbers may depend on how many come with it
    always,       ///< wherever there is a guess, be it good or bad: for tests
};

/// Either `messages` (rendered by the model's chat template) or, when `raw`, `prompt` as it is.
struct GenerateRequest {
    std::vector<ChatMessage> messages;
    std::string answerSoFar;  ///< with `messages`: the answer goes on behind this; its thinking is not repeated
    std::string prompt;
    bool raw = false;
    std::int32_t maxTokens = -1;  ///< -1: to the end of the context
    SamplingParams sampling;
    std::vector<std::string> stopStrings;
    Drafting drafting = Drafting::automatic;
};

enum class FinishReason { endOfText, stopString, maxTokens, contextFull, cancelled };

struct GenerateStats {
    std::uint32_t promptTokens = 0;
    std::uint32_t reusedTokens = 0;  ///< of the prompt, already in the KV cache from the turn before
    std::uint32_t generatedTokens = 0;
    std::uint32_t draftedTokens = 0;     ///< guessed ahead and checked
    std::uint32_t acceptedTokens = 0;    ///< of them, right
    double promptSeconds = 0;            ///< prefill alone
    double timeToFirstTokenSeconds = 0;  ///< from the call to the first token
    double generateSeconds = 0;          ///< from the first token to the last
    std::uint64_t seed = 0;
    std::uint32_t contextLength = 0;  ///< tokens the session can hold
    std::string device;               ///< its name, "llvmpipe (...)" included
    std::string templateSource;       ///< "model", or the name of the fallback that was used, or "raw"
    std::string templateText;         ///< that template as it is; empty when raw
};

struct Finish {
    FinishReason reason = FinishReason::endOfText;
    GenerateStats stats;
    std::vector<TokenId> tokens;  ///< the generated ids, the end-of-text one excluded
};

/// What generation reports while it runs, on the thread that called generate().
struct PromptProgress {
    std::uint32_t tokensDone = 0, tokensTotal = 0;
};

/// All pieces joined are the answer as it is stored, shown and sent back in later turns: thinking stands between
/// <think> and </think> whatever marks the model's family uses (inference/answer/canonical_answer.h says why). The tags
/// belong to the piece behind them.
struct TextPiece {
    enum class Kind { text, thinking, toolCall };  ///< toolCall: one whole call, {"name": ..., "arguments": {...}}
    std::string text;                              ///< complete UTF-8, never empty
    Kind kind = Kind::text;
};
struct EventSink {
    std::function<void(const PromptProgress&)> onPrompt;  ///< may be empty
    std::function<void(const TextPiece&)> onText;
};

}  // namespace lares::inference

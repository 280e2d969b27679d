// A model on a device, ready to answer: everything that load() makes and unload() lets go. The command line's logits
// and bench work on it directly; everything else goes through Engine.
#pragma once

#include "inference/engine/backend.h"
#include "inference/engine/chat_prompt.h"
#include "inference/engine/draft_policy.h"
#include "inference/models/lora_adapter.h"
#include "inference/program/context.h"

#include <memory>
#include <stop_token>

namespace lares::inference {

struct LoadOptions {
    LoadRequest request;
    bool exact = false;  ///< keys and values are cached as f32
};

class LoadedModel {
 public:
    /// Everything about the file is checked before the first weight is read. nullptr when `stop` was requested. Throws
    /// Error, vulkan::Error. `backend` outlives the model.
    static std::unique_ptr<LoadedModel> load(Backend& backend, const LoadOptions& options,
                                             const std::function<void(const LoadProgress&)>& onProgress,
                                             std::stop_token stop);

    const ModelInfo& info() const { return m_info; }
    const Tokenizer& tokenizer() const { return m_tokenizer; }
    const ChatPrompt& chatPrompt() const { return m_chatPrompt; }
    Context& context() { return m_context; }
    const Context& context() const { return m_context; }
    const std::string& deviceName() const { return m_backend.target().name; }
    /// Bytes of weights that one generated token reads on the device.
    std::uint64_t bytesPerToken() const { return m_bytesPerToken; }
    /// See Session::commandsPerToken.
    std::optional<StepCommands> commandsPerToken() { return m_session->commandsPerToken(); }

    /// See Engine::setAdapters. Throws Error, with nothing changed; vulkan::Error.
    void setAdapters(const std::vector<Adapter>& adapters);

    /// Throws badRequest for a model that makes embeddings instead of writing text.
    void requireWriting() const;

    /// See Engine::embed. Throws Error, vulkan::Error.
    std::vector<float> embed(std::string_view text);

    /// Answers one request; see Engine::generate. Throws Error, vulkan::Error.
    Finish generate(const GenerateRequest& request, const EventSink& sink, std::stop_token stop);

 private:
    LoadedModel(Backend& backend, const GgufFile& file, ModelInfo info, Tokenizer tokenizer, ModelDefinition base,
                const ModelDefinition& definition, std::unique_ptr<Session> session);

    void requireRoomFor(const ModelDefinition& definition) const;
    std::vector<TokenId> promptTokens(const GenerateRequest& request) const;

    ModelInfo m_info;
    Tokenizer m_tokenizer;
    ChatPrompt m_chatPrompt;
    Backend& m_backend;
    ModelDefinition m_base;  ///< without adapters; its weights are on the device and cannot be read again
    std::vector<LoraAdapter> m_adapters;
    std::uint64_t m_bytesPerToken;
    Pooling m_pooling;
    std::unique_ptr<Session> m_session;
    Context m_context;
    StepCosts m_stepCosts;
};

}  // namespace lares::inference

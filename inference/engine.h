// The engine's border: load one model, ask it, stop it. This header and types.h are all that the rest of Lares
// includes.
#pragma once

#include "inference/types.h"

#include <memory>
#include <stop_token>

namespace lares::inference {

struct EngineOptions {
    /// "auto": a graphics card, discrete before integrated, else the processor; "vulkan": the best Vulkan device, even
    /// one in software; "vulkan:N"; "cpu".
    std::string device = "auto";
    std::uint32_t threads = 0;          ///< of the processor; 0: one on each physical core
    bool exact = false;                 ///< float32 throughout: activations, accumulation, KV cache
    std::filesystem::path cacheFolder;  ///< pipeline cache; empty: none kept
    bool validation = false;            ///< Vulkan validation and synchronisation validation; messages become Errors
};

/// One engine holds at most one loaded model. All calls come from one thread (the inference thread), except that a
/// stop_token may be triggered from anywhere. Errors are thrown as lares::inference::Error; cancelling is a result.
class Engine {
 public:
    virtual ~Engine() = default;

    /// Every device with the verdict on it. Needs no model; never throws for want of a device.
    virtual std::vector<DeviceReport> devices() = 0;

    /// What the file says of itself; reads metadata only. Throws badFile, unsupported, io.
    virtual ModelInfo inspect(const std::filesystem::path& path) = 0;

    /// Loads the model in place of the one before (which is let go first). `onProgress` may be empty. When `stop` is
    /// requested nothing stays loaded and nullopt is returned.
    virtual std::optional<ModelInfo> load(const LoadRequest& request,
                                          const std::function<void(const LoadProgress&)>& onProgress,
                                          std::stop_token stop) = 0;
    virtual void unload() = 0;

    /// Puts these adapters (perhaps none) beside the loaded model in place of those before, without loading it again;
    /// what was in the KV cache is forgotten, because keys and values change. While the files stay the same and in the
    /// same order none is read again: whoever goes back and forth names all of them, some with the scale 0.
    /// Throws badRequest without a model, for a scale that is not finite and for an adapter of another model; badFile,
    /// unsupported or io for a file that is no good, outOfMemory when they do not fit: then the model goes on with the
    /// adapters it had. When the device itself fails, the model is let go, as everywhere.
    virtual void setAdapters(const std::vector<Adapter>& adapters) = 0;
    virtual std::optional<ModelInfo> loaded() const = 0;

    /// Tokens of context the loaded model can hold; 0 with none loaded.
    virtual std::uint32_t contextLength() const = 0;

    /// Answers; text arrives through `sink` before the call returns. Reuses what the KV cache shares with the new
    /// prompt. `stop` is read at every token and every prefill chunk. Throws badRequest without a model, for
    /// one that makes embeddings (ModelInfo::embeds), or when the prompt alone does not fit the context, badTemplate,
    /// deviceLost, outOfMemory.
    virtual Finish generate(const GenerateRequest& request, const EventSink& sink, std::stop_token stop) = 0;

    /// What the text means, as a vector of length 1, ModelInfo::embeddingLength long: the more alike two texts, the
    /// larger the scalar product of theirs. Some models want the text to begin with what it is for ("query: "), which
    /// is the caller's to write. Throws badRequest without a model, for one that writes text, or when the text does not
    /// fit the context, deviceLost, outOfMemory.
    virtual std::vector<float> embed(const std::string& text) = 0;

    /// How many tokens the rendered messages take. Throws as generate does.
    virtual std::uint32_t countTokens(const std::vector<ChatMessage>& messages) = 0;
};

/// What models this build computes. Any thread.
struct Abilities {
    std::vector<std::string> architectures;  ///< values of general.architecture
    std::vector<std::string> formats;        ///< weight formats as files name them: "Q4_K"
};
Abilities abilities();

/// The engine in this process. Opens no device before the first load() or devices().
std::unique_ptr<Engine> makeEngine(EngineOptions options);

}  // namespace lares::inference

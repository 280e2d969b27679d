// An engine under validation, and one question to it with everything that came back.
#pragma once

#include "inference/engine.h"
#include "tests/support/keep_drivers.h"

#include <functional>

namespace lares::tests {

/// Validation and synchronisation validation are on: any message of theirs is an Error. Where no device is named it is
/// a Vulkan device, in software if there is no other: what is checked is that.
inline std::unique_ptr<inference::Engine> checkedEngine(inference::EngineOptions options = {}) {
    options.validation = true;
    if (options.device == "auto") options.device = "vulkan";
    auto engine = inference::makeEngine(std::move(options));
    engine->devices();
    keepDriversLoaded();
    return engine;
}

struct Answer {
    inference::Finish finish;
    std::string text;
    std::vector<std::string> pieces;
    std::vector<inference::PromptProgress> progress;
};

/// `onPiece` (may be empty) runs after every piece of text, with the answer so far.
inline Answer ask(inference::Engine& engine, const inference::GenerateRequest& request, std::stop_token stop = {},
                  const std::function<void(const Answer&)>& onPiece = {}) {
    Answer answer;
    inference::EventSink sink;
    sink.onPrompt = [&](const inference::PromptProgress& progress) { answer.progress.push_back(progress); };
    sink.onText = [&](const inference::TextPiece& piece) {
        answer.pieces.push_back(piece.text);
        answer.text += piece.text;
        if (onPiece) onPiece(answer);
    };
    answer.finish = engine.generate(request, sink, stop);
    return answer;
}

/// A raw prompt answered greedily.
inline inference::GenerateRequest greedy(std::string prompt, std::int32_t maxTokens) {
    inference::GenerateRequest request;
    request.raw = true;
    request.prompt = std::move(prompt);
    request.maxTokens = maxTokens;
    request.sampling.temperature = 0;
    return request;
}

}  // namespace lares::tests

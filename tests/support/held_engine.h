// An engine that does what a test tells it and waits where a test holds it. Everything above it is the real thing.
#pragma once

#include "inference/engine.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <thread>

namespace lares::test {

/// What tests and engine share; the engine lives on another thread.
struct EngineScript {
    std::atomic<bool> holdLoading = false, holdPrompt = false, holdAnswer = false;  ///< waits there until false
    std::atomic<bool> failAnswer = false;
    std::atomic<bool> loseModel = false;                    ///< the next answer fails and takes the model along
    std::string answer = "Hello **you**.\n\n- one\n- two";  ///< set while no answer is being generated
    std::string title;                                      ///< what it proposes; empty: nothing usable
    std::string summary = "They said hello.";

    /// What was asked last, side questions included.
    inference::GenerateRequest lastRequest() {
        const std::lock_guard lock(m_mutex);
        return m_request;
    }
    void note(const inference::GenerateRequest& request) {
        const std::lock_guard lock(m_mutex);
        m_request = request;
    }

 private:
    std::mutex m_mutex;
    inference::GenerateRequest m_request;
};

class HeldEngine : public inference::Engine {
 public:
    explicit HeldEngine(std::shared_ptr<EngineScript> script) : m_script(std::move(script)) {}

    std::vector<inference::DeviceReport> devices() override {
        inference::DeviceReport software;
        software.id = "vulkan:0";
        software.name = "llvmpipe (LLVM 15.0.6, 256 bits)";
        software.kind = "software";
        software.driver = "Mesa 22.3.6";
        software.memoryTotalBytes = 8'000'000'000;
        software.usable = software.chosen = true;
        software.verdict = "Works, slowly.";
        inference::DeviceReport old = software;
        old.id = "vulkan:1";
        old.name = "Old card";
        old.kind = "discrete";
        old.usable = old.chosen = false;
        old.verdict = "Too old.";
        return {software, old};
    }

    inference::ModelInfo inspect(const std::filesystem::path& path) override {
        if (path.string().find("broken") != std::string::npos) {
            throw inference::Error(inference::ErrorKind::badFile, "This file is no model.");
        }
        inference::ModelInfo info;
        info.path = path;
        info.name = path.stem().string();
        info.architecture = "llama";
        info.quantisation = "Q4_0";
        info.fileBytes = 4'100'000'000;
        info.contextLength = 4096;
        return info;
    }

    std::optional<inference::ModelInfo> load(const inference::LoadRequest& request,
                                             const std::function<void(const inference::LoadProgress&)>& onProgress,
                                             std::stop_token stop) override {
        m_loaded.reset();
        const inference::ModelInfo info = inspect(request.path);
        if (onProgress) onProgress({info.fileBytes * 42 / 100, info.fileBytes});
        if (!wait(m_script->holdLoading, stop)) return std::nullopt;
        if (onProgress) onProgress({info.fileBytes, info.fileBytes});
        m_loaded = info;
        return m_loaded;
    }
    void unload() override { m_loaded.reset(); }
    void setAdapters(const std::vector<inference::Adapter>&) override {}
    std::optional<inference::ModelInfo> loaded() const override { return m_loaded; }
    std::uint32_t contextLength() const override { return m_loaded ? 4096 : 0; }

    inference::Finish generate(const inference::GenerateRequest& request, const inference::EventSink& sink,
                               std::stop_token stop) override {
        m_script->note(request);
        const std::string asked = request.messages.empty() ? std::string() : request.messages.back().text;
        if (asked.starts_with("Give this conversation a title")) return sayAtOnce(m_script->title, sink);
        if (asked.starts_with("Summarise our conversation")) return sayAtOnce(m_script->summary, sink);
        if (m_script->loseModel) {
            m_loaded.reset();
            throw inference::Error(inference::ErrorKind::deviceLost, "The device stopped answering.");
        }
        inference::Finish finish;
        finish.stats.promptTokens = 2000;
        finish.stats.contextLength = 4096;
        finish.stats.timeToFirstTokenSeconds = 0.8;
        finish.stats.device = "llvmpipe (LLVM 15.0.6, 256 bits)";
        finish.stats.seed = request.sampling.seed.value_or(7);
        finish.stats.templateSource = "model";
        finish.stats.templateText = "{{ messages }}";
        finish.reason = inference::FinishReason::cancelled;
        if (sink.onPrompt) sink.onPrompt({500, 2000});
        if (!wait(m_script->holdPrompt, stop)) return finish;
        const std::string& answer = m_script->answer;
        sink.onText({answer.substr(0, answer.size() / 2)});
        finish.stats.generatedTokens = 5;
        finish.stats.generateSeconds = 1;
        if (!wait(m_script->holdAnswer, stop)) return finish;
        if (m_script->failAnswer)
            throw inference::Error(inference::ErrorKind::deviceLost, "The device stopped answering.");
        sink.onText({answer.substr(answer.size() / 2)});
        finish.stats.generatedTokens = 10;
        finish.stats.generateSeconds = 2;
        finish.reason = inference::FinishReason::endOfText;
        return finish;
    }

    std::vector<float> embed(const std::string&) override {
        throw inference::Error(inference::ErrorKind::badRequest, "This model makes no embeddings.");
    }

    std::uint32_t countTokens(const std::vector<inference::ChatMessage>&) override { return 2000; }

 private:
    static inference::Finish sayAtOnce(const std::string& text, const inference::EventSink& sink) {
        if (!text.empty() && sink.onText) sink.onText({text});
        return {};
    }
    static bool wait(const std::atomic<bool>& held, const std::stop_token& stop) {
        while (held && !stop.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(2));
        return !stop.stop_requested();
    }

    std::shared_ptr<EngineScript> m_script;
    std::optional<inference::ModelInfo> m_loaded;
};

}  // namespace lares::test

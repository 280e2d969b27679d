#include "app/offline/scripted_engine.h"

#include "app/offline/samples.h"

#include <condition_variable>
#include <mutex>

namespace lares::app {
namespace {

using namespace std::chrono_literals;

/// Sleeps, unless and until `stop` is requested. True when the time is over.
bool pause(std::chrono::milliseconds time, const std::stop_token& stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any().wait_for(lock, stop, time, [] { return false; });
    return !stop.stop_requested();
}

std::uint32_t countWords(std::string_view text) {
    std::uint32_t words = 0;
    for (const char c : text) words += c == ' ' || c == '\n' ? 1 : 0;
    return words + 1;
}

class ScriptedEngine : public inference::Engine {
 public:
    explicit ScriptedEngine(Script script) : m_script(script) {}

    std::vector<inference::DeviceReport> devices() override {
        inference::DeviceReport card;
        card.id = "vulkan:0";
        card.name = "RTX 3060";
        card.kind = "discrete";
        card.driver = "NVIDIA 550.54";
        card.memoryTotalBytes = 12ull << 30;
        card.memoryFreeBytes = 11ull << 30;
        card.usable = card.chosen = true;
        card.verdict = "The fastest device here.";
        inference::DeviceReport software;
        software.id = "vulkan:1";
        software.name = "llvmpipe (LLVM 15.0.6, 256 bits)";
        software.kind = "software";
        software.driver = "Mesa 22.3.6";
        software.memoryTotalBytes = 16ull << 30;
        software.usable = true;
        software.verdict = "Works on the processor; many times slower than a graphics card.";
        return {card, software};
    }

    inference::ModelInfo inspect(const std::filesystem::path& path) override {
        if (path.filename() == kBrokenModel) {
            throw inference::Error(inference::ErrorKind::badFile,
                                   "This file ends in the middle: 3.1 GB of it are missing. Download it again.",
                                   path.string());
        }
        inference::ModelInfo info;
        info.path = path;
        info.name = path.stem().string();
        info.architecture = "llama";
        info.quantisation = "Q4_0";
        info.contextLength = 4096;
        for (const SampleModel& model : sampleModels()) {
            if (path.filename() != model.file) continue;
            info.name = model.name;
            info.architecture = model.architecture;
            info.quantisation = model.quantisation;
            info.fileBytes = std::uint64_t(model.sizeGb * 1e9);
            info.contextLength = std::uint32_t(model.contextLength);
        }
        return info;
    }

    std::optional<inference::ModelInfo> load(const inference::LoadRequest& request,
                                             const std::function<void(const inference::LoadProgress&)>& onProgress,
                                             std::stop_token stop) override {
        m_loaded.reset();
        const inference::ModelInfo info = inspect(request.path);
        constexpr std::uint64_t kSteps = 50;
        for (std::uint64_t step = 0; step <= kSteps; ++step) {
            if (onProgress) onProgress({info.fileBytes * step / kSteps, info.fileBytes});
            if (!pause(m_script.load / int(kSteps), stop)) return std::nullopt;
        }
        m_loaded = info;
        m_context =
            request.contextLength != 0 ? request.contextLength : std::min<std::uint32_t>(info.contextLength, 16384);
        return m_loaded;
    }

    void unload() override { m_loaded.reset(); }
    void setAdapters(const std::vector<inference::Adapter>&) override {}
    std::optional<inference::ModelInfo> loaded() const override { return m_loaded; }
    std::uint32_t contextLength() const override { return m_loaded ? m_context : 0; }

    inference::Finish generate(const inference::GenerateRequest& request, const inference::EventSink& sink,
                               std::stop_token stop) override {
        if (!m_loaded) throw inference::Error(inference::ErrorKind::badRequest, "Load a model first.");
        inference::Finish finish;
        finish.stats.promptTokens = countTokens(request.messages);
        finish.stats.contextLength = m_context;
        finish.stats.device = "RTX 3060";
        finish.stats.templateSource = "model";
        finish.stats.templateText = "a template";
        finish.stats.seed = request.sampling.seed.value_or(2718281828);
        for (std::uint32_t tenth = 1; tenth <= 10; ++tenth) {
            if (sink.onPrompt) sink.onPrompt({finish.stats.promptTokens * tenth / 10, finish.stats.promptTokens});
            if (!pause(m_script.perWord, stop)) return ended(finish, true);
        }
        finish.stats.promptSeconds = finish.stats.timeToFirstTokenSeconds = secondsOf(10);
        const std::string_view asked = request.messages.empty() ? "" : std::string_view(request.messages.back().text);
        const std::string_view answer = m_script.answer.empty() ? sampleAnswer(asked) : m_script.answer;
        for (std::size_t from = 0; from < answer.size();) {
            const std::size_t space = answer.find(' ', from + 1);
            const std::size_t to = space == std::string_view::npos ? answer.size() : space;
            sink.onText({std::string(answer.substr(from, to - from))});
            ++finish.stats.generatedTokens;
            from = to;
            if (!pause(m_script.perWord, stop)) return ended(finish, true);
        }
        return ended(finish, false);
    }

    std::vector<float> embed(const std::string&) override {
        throw inference::Error(inference::ErrorKind::badRequest, "This model makes no embeddings.");
    }

    std::uint32_t countTokens(const std::vector<inference::ChatMessage>& messages) override {
        std::uint32_t words = 0;
        for (const inference::ChatMessage& message : messages) words += countWords(message.text);
        return words * 4 / 3;
    }

 private:
    double secondsOf(std::uint32_t words) const { return words * double(m_script.perWord.count()) / 1000; }

    inference::Finish ended(inference::Finish finish, bool cancelled) const {
        finish.reason = cancelled ? inference::FinishReason::cancelled : inference::FinishReason::endOfText;
        finish.stats.generateSeconds = secondsOf(finish.stats.generatedTokens);
        return finish;
    }

    Script m_script;
    std::optional<inference::ModelInfo> m_loaded;
    std::uint32_t m_context = 0;
};

}  // namespace

std::unique_ptr<inference::Engine> makeScriptedEngine(Script script) {
    return std::make_unique<ScriptedEngine>(script);
}

}  // namespace lares::app

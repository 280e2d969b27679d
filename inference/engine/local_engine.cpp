// The Engine in this process: opens what computes when it is first needed, holds at most one model, and after anything
// that goes wrong on the device is as good as new: the model and, where needed, the device are let go.
#include "inference/engine.h"

#include "inference/engine/cpu_backend.h"
#include "inference/engine/devices.h"
#include "inference/engine/loaded_model.h"
#include "inference/gguf/model_info.h"
#include "inference/models/architecture.h"

#include <cstdio>
#include <cstdlib>
#include <new>

namespace lares::inference {

namespace {

class LocalEngine final : public Engine {
 public:
    explicit LocalEngine(EngineOptions options) : m_options(std::move(options)) {}

    ~LocalEngine() override {
        closeDevice();
        if (m_complaints.empty()) return;
        // Only validation fills it: a mistake in this program, and a destructor has no other way to say so.
        std::fprintf(stderr, "The Vulkan validation layer complained: %s\n", m_complaints.front().c_str());
        std::abort();
    }

    std::vector<DeviceReport> devices() override {
        return guarded([&] {
            if (!m_device) m_instance.reset();  // list afresh: free memory changes, devices come and go
            return reportDevices(instance(), m_options.device);
        });
    }

    ModelInfo inspect(const std::filesystem::path& path) override {
        const auto file = std::make_shared<const GgufFile>(GgufFile::open(path));
        ModelInfo info = describe(*file);
        addWhatIsUnsupported(file, info);
        return info;
    }

    std::optional<ModelInfo> load(const LoadRequest& request,
                                  const std::function<void(const LoadProgress&)>& onProgress,
                                  std::stop_token stop) override {
        unload();
        return guarded([&]() -> std::optional<ModelInfo> {
            m_model = LoadedModel::load(backend(), {request, m_options.exact}, onProgress, stop);
            if (!m_model) return std::nullopt;
            return m_model->info();
        });
    }

    void unload() override {
        guarded([&] { m_model.reset(); });
    }

    void setAdapters(const std::vector<Adapter>& adapters) override {
        guarded([&] { model().setAdapters(adapters); });
    }

    std::optional<ModelInfo> loaded() const override { return m_model ? std::optional(m_model->info()) : std::nullopt; }

    std::uint32_t contextLength() const override { return m_model ? m_model->context().capacity() : 0; }

    Finish generate(const GenerateRequest& request, const EventSink& sink, std::stop_token stop) override {
        return guarded([&] {
            Finish finish = model().generate(request, sink, stop);
            m_backend->saveCaches();  // a program that is killed keeps them
            return finish;
        });
    }

    std::vector<float> embed(const std::string& text) override {
        return guarded([&] { return model().embed(text); });
    }

    std::uint32_t countTokens(const std::vector<ChatMessage>& messages) override {
        return static_cast<std::uint32_t>(model().chatPrompt().encode(messages).size());
    }

 private:
    LoadedModel& model() {
        if (!m_model) throw Error(ErrorKind::badRequest, "No model is loaded.");
        return *m_model;
    }

    vulkan::Instance& instance() {
        if (!m_instance) {
            vulkan::InstanceOptions options{m_options.validation, {}};
            options.onMessage = [this](const std::string& message) { m_complaints.push_back(message); };
            m_instance = std::make_unique<vulkan::Instance>(std::move(options));
        }
        return *m_instance;
    }

    Backend& backend() {
        if (!m_backend) {
            std::optional<std::uint32_t> index;
            if (m_options.device != kProcessorId) index = chooseVulkanDevice(instance(), m_options.device);
            if (index) {
                m_device =
                    std::make_unique<vulkan::Device>(instance(), *index, vulkan::DeviceOptions{m_options.cacheFolder});
                m_backend = std::make_unique<VulkanBackend>(*m_device);
            } else {
                m_backend = std::make_unique<CpuBackend>(m_options.threads);
            }
        }
        return *m_backend;
    }

    void closeDevice() {
        m_model.reset();
        m_backend.reset();
        m_device.reset();
        m_instance.reset();
    }

    /// Runs what touches the device. Whatever it throws comes out as Error, and leaves an engine that can go on.
    template <typename Work>
    auto guarded(Work&& work) -> decltype(work()) {
        try {
            if constexpr (std::is_void_v<decltype(work())>) {
                work();
                throwComplaints();
            } else {
                auto result = work();
                throwComplaints();
                return result;
            }
        } catch (const vulkan::Error& error) {
            const Error sentence = translated(error);
            if (sentence.kind() == ErrorKind::deviceLost) closeDevice();
            m_model.reset();
            throw sentence;
        } catch (const std::bad_alloc&) {
            m_model.reset();
            throw Error(ErrorKind::outOfMemory,
                        "The machine's memory is full. Choose a smaller model or close programs.");
        }
    }

    void throwComplaints() {
        if (m_complaints.empty()) return;
        const std::string first = m_complaints.front();
        m_complaints.clear();
        throw Error(ErrorKind::unsupported, "The Vulkan validation layer complained.", first);
    }

    EngineOptions m_options;
    std::vector<std::string> m_complaints;  ///< of validation
    std::unique_ptr<vulkan::Instance> m_instance;
    std::unique_ptr<vulkan::Device> m_device;
    std::unique_ptr<Backend> m_backend;
    std::unique_ptr<LoadedModel> m_model;
};

}  // namespace

std::unique_ptr<Engine> makeEngine(EngineOptions options) {
    return std::make_unique<LocalEngine>(std::move(options));
}

}  // namespace lares::inference

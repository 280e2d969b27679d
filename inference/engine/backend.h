// What can compute a model: a Vulkan device or the processor. A target is what a plan must know of one, which need not
// be open, nor even be there; a backend is one that is open and makes sessions.
#pragma once

#include "inference/program/session.h"
#include "vulkan/runtime/device.h"

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace lares::inference {

struct ComputeTarget {
    std::string name;  ///< as people know it
    std::uint64_t memoryTotalBytes = 0;
    /// Tokens of one prefill step: enough to keep it busy, few enough that a step is over soon when someone wants to
    /// stop. Fixed by the kind and not measured, so that a prompt is always computed the same way.
    std::uint32_t chunkLength = 0;
    std::uint64_t workPerSubmit = ~std::uint64_t{0};  ///< see SessionShape
    std::function<MemoryNeed(const ModelDefinition&, const SessionShape&)> memoryNeed;
    std::function<std::uint64_t(const WeightSource&)> weightBytes;
    /// Positions that it can address.
    std::function<std::uint32_t(const ModelDefinition&, CacheType)> mostContext;
    /// Throws Error unsupported when it cannot compute such a model, with a sentence.
    std::function<void(const ModelDefinition&)> check;
};

ComputeTarget vulkanTarget(const vulkan::DeviceInfo& device);

class Backend {
 public:
    virtual ~Backend() = default;

    virtual const ComputeTarget& target() const = 0;
    virtual std::uint64_t freeMemoryBytes() const = 0;

    /// Reads the weights; `onBytes` (may be empty) is told the file bytes done so far. nullptr when `stop` was
    /// requested. Throws Error, vulkan::Error. The backend outlives the session.
    virtual std::unique_ptr<Session> open(const ModelDefinition& model, const SessionShape& shape,
                                          const std::function<void(std::uint64_t)>& onBytes, std::stop_token stop) = 0;

    /// Keeps what was made on first use (compiled shaders) for the next start of the program.
    virtual void saveCaches() {}
};

/// `device` outlives the backend.
class VulkanBackend final : public Backend {
 public:
    explicit VulkanBackend(vulkan::Device& device) : m_device(device), m_target(vulkanTarget(device.info())) {}

    const ComputeTarget& target() const override { return m_target; }
    std::uint64_t freeMemoryBytes() const override { return m_device.freeMemoryBytes(); }
    std::unique_ptr<Session> open(const ModelDefinition& model, const SessionShape& shape,
                                  const std::function<void(std::uint64_t)>& onBytes, std::stop_token stop) override;
    void saveCaches() override { m_device.savePipelineCache(); }

 private:
    vulkan::Device& m_device;
    ComputeTarget m_target;
};

}  // namespace lares::inference

// A shader made ready for a device with its specialisation constants. Vulkan equivalent: VkPipeline and its layouts.
// Made, kept and owned by Device::pipeline.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "vulkan/runtime/shader.h"

namespace lares::vulkan {

struct PipelineState;

struct PipelineOptions {
    uint32_t subgroupSize = 0;   ///< 0: the driver chooses. Otherwise a power of two within the device's limits
    bool fullSubgroups = false;  ///< no partly filled subgroups (where the device can say so)
};

class Pipeline {
 public:
    explicit Pipeline(std::unique_ptr<PipelineState> state);
    ~Pipeline();
    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;

    const std::string& name() const;  ///< the shader's name and its constants: "matmul_q4_0(64,4)"
    const ShaderInterface& interface() const;

    PipelineState& state() const { return *m_state; }  ///< for vulkan/runtime only

 private:
    std::unique_ptr<PipelineState> m_state;
};

}  // namespace lares::vulkan

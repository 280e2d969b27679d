#include "vulkan/runtime/pipeline.h"

#include <numeric>

#include "vulkan/runtime/device_state.h"

namespace lares::vulkan {

namespace {

std::string nameOf(const Shader& shader, std::span<const uint32_t> constants, PipelineOptions options) {
    std::string name = shader.name;
    for (size_t i = 0; i < constants.size(); ++i) name += (i == 0 ? "(" : ",") + std::to_string(constants[i]);
    if (!constants.empty()) name += ")";
    if (options.subgroupSize) name += "/subgroup " + std::to_string(options.subgroupSize);
    return name;
}

void checkAgainst(const DeviceInfo& device, const std::string& name, const ShaderInterface& interface,
                  PipelineOptions options) {
    const auto& limits = device.limits;
    const auto refuse = [&](const std::string& why) {
        throw Error(ErrorKind::unsupported, device.name + " cannot run the shader " + name + ": " + why + ".");
    };
    if (interface.bindings.size() > limits.maxBindings) {
        refuse("it binds " + std::to_string(interface.bindings.size()) + " buffers, at most " +
               std::to_string(limits.maxBindings) + " are possible");
    }
    if (interface.pushBytes > limits.maxPushConstantBytes) {
        refuse("its push constants have " + std::to_string(interface.pushBytes) + " bytes, at most " +
               std::to_string(limits.maxPushConstantBytes) + " are possible");
    }
    if (options.subgroupSize &&
        (options.subgroupSize < limits.minSubgroupSize || options.subgroupSize > limits.maxSubgroupSize)) {
        refuse("it needs subgroups of " + std::to_string(options.subgroupSize) + ", the device has " +
               std::to_string(limits.minSubgroupSize) + " to " + std::to_string(limits.maxSubgroupSize));
    }
}

void createLayouts(DeviceState& device, PipelineState& state) {
    std::vector<vk::DescriptorSetLayoutBinding> bindings;
    for (uint32_t i = 0; i < state.interface.bindings.size(); ++i) {
        bindings.emplace_back(i, vk::DescriptorType::eStorageBuffer, 1, vk::ShaderStageFlagBits::eCompute);
    }
    state.setLayout = vk::raii::DescriptorSetLayout(device.device, vk::DescriptorSetLayoutCreateInfo({}, bindings));
    const vk::DescriptorSetLayout setLayout = *state.setLayout;
    const vk::PushConstantRange push(vk::ShaderStageFlagBits::eCompute, 0, state.interface.pushBytes);
    vk::PipelineLayoutCreateInfo info({}, setLayout);
    if (state.interface.pushBytes) info.setPushConstantRanges(push);
    state.layout = vk::raii::PipelineLayout(device.device, info);
}

}  // namespace

Pipeline::Pipeline(std::unique_ptr<PipelineState> state) : m_state(std::move(state)) {}
Pipeline::~Pipeline() = default;
const std::string& Pipeline::name() const {
    return m_state->name;
}
const ShaderInterface& Pipeline::interface() const {
    return m_state->interface;
}

std::unique_ptr<Pipeline> createPipeline(DeviceState& device, const Shader& shader,
                                         std::span<const uint32_t> specConstants, PipelineOptions options) {
    auto state = std::make_unique<PipelineState>();
    state->name = nameOf(shader, specConstants, options);
    state->interface = reflect(shader);
    checkAgainst(device.info, state->name, state->interface, options);

    std::vector<vk::SpecializationMapEntry> entries;
    for (uint32_t i = 0; i < specConstants.size(); ++i) entries.emplace_back(i, i * 4, 4);
    const vk::SpecializationInfo constants(static_cast<uint32_t>(entries.size()), entries.data(),
                                           specConstants.size_bytes(), specConstants.data());
    const vk::PipelineShaderStageRequiredSubgroupSizeCreateInfoEXT subgroup(options.subgroupSize);
    try {
        createLayouts(device, *state);
        const vk::raii::ShaderModule module(
            device.device, vk::ShaderModuleCreateInfo({}, shader.spirv.size_bytes(), shader.spirv.data()));
        vk::PipelineShaderStageCreateInfo stage({}, vk::ShaderStageFlagBits::eCompute, *module, "main", &constants);
        if (options.subgroupSize && device.info.features.subgroupSizeControl) stage.setPNext(&subgroup);
        if (options.fullSubgroups && device.info.features.fullSubgroups) {
            stage.flags |= vk::PipelineShaderStageCreateFlagBits::eRequireFullSubgroupsEXT;
        }
        state->pipeline = vk::raii::Pipeline(device.device, device.pipelineCache,
                                             vk::ComputePipelineCreateInfo({}, stage, *state->layout));
        device.setName(*module, shader.name);
        device.setName(*state->layout, state->name);
        device.setName(*state->pipeline, state->name);
    } catch (const vk::OutOfDeviceMemoryError&) {
        rethrowAsError("preparing the shader " + state->name);
    } catch (const vk::DeviceLostError&) {
        rethrowAsError("preparing the shader " + state->name);
    } catch (const vk::SystemError& error) {
        throw Error(ErrorKind::pipeline,
                    "The driver " + device.info.driverName + " (" + device.info.driverInfo + ") refuses the shader " +
                        state->name + ". A newer graphics driver may know it.",
                    error.what());
    }
    device.pipelineCacheGrew = true;
    return std::make_unique<Pipeline>(std::move(state));
}

}  // namespace lares::vulkan

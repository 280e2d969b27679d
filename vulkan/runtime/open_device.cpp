// Opens a device: the queue family, the features that are there and of use, the objects every Device has.
#include <algorithm>

#include "vulkan/runtime/cooperative_matrix.h"
#include "vulkan/runtime/device_state.h"
#include "vulkan/runtime/instance_state.h"
#include "vulkan/runtime/pipeline_cache_file.h"

namespace lares::vulkan {

namespace {

/// A family for computing alone leaves the graphics queue to the desktop, so long dispatches do not make it stutter.
uint32_t chooseQueueFamily(const std::vector<vk::QueueFamilyProperties>& families) {
    const auto find = [&](vk::QueueFlags without) {
        const auto found = std::find_if(families.begin(), families.end(), [&](const vk::QueueFamilyProperties& family) {
            return (family.queueFlags & vk::QueueFlagBits::eCompute) && !(family.queueFlags & without);
        });
        return static_cast<uint32_t>(found - families.begin());
    };
    const uint32_t computeOnly = find(vk::QueueFlagBits::eGraphics);
    return computeOnly < families.size() ? computeOnly : find({});
}

std::vector<const char*> extensionsFor(const DeviceFeatures& features) {
    std::vector<const char*> names;
    if (features.memoryBudget) names.push_back(VK_EXT_MEMORY_BUDGET_EXTENSION_NAME);
    if (features.integerDot) names.push_back(VK_KHR_SHADER_INTEGER_DOT_PRODUCT_EXTENSION_NAME);
    if (features.subgroupSizeControl || features.fullSubgroups) {
        names.push_back(VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME);
    }
    if (features.cooperativeMatrix) names.push_back(kCooperativeMatrixExtension);
    return names;
}

/// Switches on what DeviceFeatures lists, and nothing else.
vk::raii::Device createLogicalDevice(const DeviceState& state) {
    const auto& features = state.info.features;
    vk::StructureChain<vk::DeviceCreateInfo, vk::PhysicalDeviceFeatures2, vk::PhysicalDeviceVulkan11Features,
                       vk::PhysicalDeviceVulkan12Features, vk::PhysicalDeviceSubgroupSizeControlFeaturesEXT,
                       vk::PhysicalDeviceShaderIntegerDotProductFeaturesKHR>
        chain;
    chain.get<vk::PhysicalDeviceFeatures2>().features.setShaderInt16(features.int16).setShaderInt64(features.int64);
    chain.get<vk::PhysicalDeviceVulkan11Features>().setStorageBuffer16BitAccess(features.storage16);
    chain.get<vk::PhysicalDeviceVulkan12Features>()
        .setTimelineSemaphore(features.timelineSemaphore)
        .setStorageBuffer8BitAccess(features.storage8)
        .setShaderFloat16(features.float16)
        .setShaderInt8(features.int8)
        .setVulkanMemoryModel(features.cooperativeMatrix);
    if (features.subgroupSizeControl || features.fullSubgroups) {
        chain.get<vk::PhysicalDeviceSubgroupSizeControlFeaturesEXT>()
            .setSubgroupSizeControl(true)
            .setComputeFullSubgroups(features.fullSubgroups);
    } else {
        chain.unlink<vk::PhysicalDeviceSubgroupSizeControlFeaturesEXT>();
    }
    if (features.integerDot) {
        chain.get<vk::PhysicalDeviceShaderIntegerDotProductFeaturesKHR>().setShaderIntegerDotProduct(true);
    } else {
        chain.unlink<vk::PhysicalDeviceShaderIntegerDotProductFeaturesKHR>();
    }

    const float priority = 0.5f;
    const vk::DeviceQueueCreateInfo queue({}, state.queueFamily, 1, &priority);
    const auto extensions = extensionsFor(features);
    auto& info = chain.get<vk::DeviceCreateInfo>();
    info.setQueueCreateInfos(queue).setPEnabledExtensionNames(extensions);
    CooperativeMatrixFeatures cooperative;
    if (features.cooperativeMatrix) {
        cooperative.cooperativeMatrix = VK_TRUE;
        cooperative.pNext = const_cast<void*>(info.pNext);
        info.pNext = &cooperative;
    }
    return {*state.physicalDevice, info};
}

}  // namespace

void openDevice(DeviceState& state, const InstanceState& instance) {
    state.physicalDevice = &instance.physicalDevices[state.info.enumerationIndex];
    state.debugUtils = instance.debugUtils;
    // Validation layers older than the extension would take its shaders for broken.
    if (!state.options.cooperativeMatrices || instance.options.validation) {
        state.info.features.cooperativeMatrix = false;
        state.info.limits.cooperativeMatrixSize = 0;
    }
    const auto families = state.physicalDevice->getQueueFamilyProperties();
    state.queueFamily = chooseQueueFamily(families);
    const uint32_t timestampBits = families[state.queueFamily].timestampValidBits;
    state.timestamps = timestampBits > 0 && state.info.limits.timestampPeriodNs > 0;
    state.timestampMask = timestampBits >= 64 ? ~uint64_t{0} : (uint64_t{1} << timestampBits) - 1;

    state.device = createLogicalDevice(state);
    state.queue = state.device.getQueue(state.queueFamily, 0);
    vk::StructureChain<vk::SemaphoreCreateInfo, vk::SemaphoreTypeCreateInfo> semaphore;
    semaphore.get<vk::SemaphoreTypeCreateInfo>().setSemaphoreType(vk::SemaphoreType::eTimeline);
    state.timeline = vk::raii::Semaphore(state.device, semaphore.get<vk::SemaphoreCreateInfo>());
    state.setName(*state.timeline, "timeline");
    state.memory = std::make_unique<MemoryBlocks>(*state.physicalDevice, state.device, state.info);

    std::vector<std::byte> cached;
    if (!state.options.cacheFolder.empty()) {
        cached = readPipelineCache(pipelineCachePath(state.options.cacheFolder, state.info), state.info);
    }
    state.pipelineCache =
        vk::raii::PipelineCache(state.device, vk::PipelineCacheCreateInfo({}, cached.size(), cached.data()));
}

}  // namespace lares::vulkan

// Asks a physical device what DeviceInfo holds.
#include "vulkan/runtime/device_info.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "vulkan/runtime/cooperative_matrix.h"
#include "vulkan/runtime/instance_state.h"
#include "vulkan/runtime/memory_blocks.h"
#include "vulkan/runtime/memory_types.h"

namespace lares::vulkan {

namespace {

DeviceType typeOf(vk::PhysicalDeviceType type) {
    switch (type) {
        case vk::PhysicalDeviceType::eDiscreteGpu:
            return DeviceType::discrete;
        case vk::PhysicalDeviceType::eIntegratedGpu:
            return DeviceType::integrated;
        case vk::PhysicalDeviceType::eVirtualGpu:
            return DeviceType::virtualGpu;
        case vk::PhysicalDeviceType::eCpu:
            return DeviceType::software;
        default:
            return DeviceType::other;
    }
}

Uuid uuidOf(const vk::ArrayWrapper1D<uint8_t, VK_UUID_SIZE>& from) {
    Uuid uuid{};
    std::copy(from.begin(), from.end(), uuid.begin());
    return uuid;
}

std::string versionText(uint32_t version) {
    return std::to_string(VK_API_VERSION_MAJOR(version)) + "." + std::to_string(VK_API_VERSION_MINOR(version)) + "." +
           std::to_string(VK_API_VERSION_PATCH(version));
}

std::set<std::string, std::less<>> extensionsOf(const vk::raii::PhysicalDevice& device) {
    std::set<std::string, std::less<>> names;
    for (const auto& extension : device.enumerateDeviceExtensionProperties())
        names.insert(extension.extensionName.data());
    return names;
}

DeviceLimits limitsOf(const vk::PhysicalDeviceLimits& from, uint32_t subgroupSize, uint64_t maxAllocation) {
    DeviceLimits limits;
    limits.maxStorageBufferRangeBytes = from.maxStorageBufferRange;
    limits.maxAllocationBytes = maxAllocation;
    limits.minStorageOffsetAlignment = static_cast<uint32_t>(from.minStorageBufferOffsetAlignment);
    limits.maxSharedMemoryBytes = from.maxComputeSharedMemorySize;
    limits.maxWorkgroupInvocations = from.maxComputeWorkGroupInvocations;
    std::copy(from.maxComputeWorkGroupSize.begin(), from.maxComputeWorkGroupSize.end(),
              limits.maxWorkgroupSize.begin());
    std::copy(from.maxComputeWorkGroupCount.begin(), from.maxComputeWorkGroupCount.end(), limits.maxGroups.begin());
    limits.maxPushConstantBytes = from.maxPushConstantsSize;
    limits.maxBindings = std::min(from.maxPerStageDescriptorStorageBuffers, from.maxDescriptorSetStorageBuffers);
    limits.subgroupSize = limits.minSubgroupSize = limits.maxSubgroupSize = subgroupSize;
    limits.timestampPeriodNs = static_cast<double>(from.timestampPeriod);
    return limits;
}

void readFeatures(const vk::raii::Instance& instance, const vk::raii::PhysicalDevice& device,
                  const vk::PhysicalDeviceSubgroupProperties& subgroup, DeviceInfo& info) {
    const auto extensions = extensionsOf(device);
    auto& features = info.features;
    const auto chain = device.getFeatures2<vk::PhysicalDeviceFeatures2, vk::PhysicalDeviceVulkan11Features,
                                           vk::PhysicalDeviceVulkan12Features>();
    const auto& core = chain.get<vk::PhysicalDeviceFeatures2>().features;
    const auto& core12 = chain.get<vk::PhysicalDeviceVulkan12Features>();
    features.timelineSemaphore = core12.timelineSemaphore;
    features.storage16 = chain.get<vk::PhysicalDeviceVulkan11Features>().storageBuffer16BitAccess;
    features.storage8 = core12.storageBuffer8BitAccess;
    features.float16 = core12.shaderFloat16;
    features.int8 = core12.shaderInt8;
    features.int16 = core.shaderInt16;
    features.int64 = core.shaderInt64;
    features.memoryBudget = extensions.contains(VK_EXT_MEMORY_BUDGET_EXTENSION_NAME);
    if (extensions.contains(kCooperativeMatrixExtension) && core12.vulkanMemoryModel && features.float16) {
        info.limits.cooperativeMatrixSize = cooperativeMatrixSize(instance, device);
        features.cooperativeMatrix = info.limits.cooperativeMatrixSize > 0;
    }
    if (extensions.contains(VK_KHR_SHADER_INTEGER_DOT_PRODUCT_EXTENSION_NAME)) {
        const auto dot =
            device.getFeatures2<vk::PhysicalDeviceFeatures2, vk::PhysicalDeviceShaderIntegerDotProductFeaturesKHR>();
        features.integerDot = dot.get<vk::PhysicalDeviceShaderIntegerDotProductFeaturesKHR>().shaderIntegerDotProduct;
    }

    if (subgroup.supportedStages & vk::ShaderStageFlagBits::eCompute) {
        const auto operations = subgroup.supportedOperations;
        features.subgroupArithmetic = static_cast<bool>(operations & vk::SubgroupFeatureFlagBits::eArithmetic);
        features.subgroupShuffle = static_cast<bool>(operations & vk::SubgroupFeatureFlagBits::eShuffle);
        features.subgroupClustered = static_cast<bool>(operations & vk::SubgroupFeatureFlagBits::eClustered);
    }
    if (extensions.contains(VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME)) {
        using Features = vk::PhysicalDeviceSubgroupSizeControlFeaturesEXT;
        using Properties = vk::PhysicalDeviceSubgroupSizeControlPropertiesEXT;
        const auto control = device.getFeatures2<vk::PhysicalDeviceFeatures2, Features>().get<Features>();
        const auto sizes = device.getProperties2<vk::PhysicalDeviceProperties2, Properties>().get<Properties>();
        const bool inCompute = static_cast<bool>(sizes.requiredSubgroupSizeStages & vk::ShaderStageFlagBits::eCompute);
        features.subgroupSizeControl = control.subgroupSizeControl && inCompute;
        features.fullSubgroups = control.subgroupSizeControl && control.computeFullSubgroups;
        if (features.subgroupSizeControl) {
            info.limits.minSubgroupSize = sizes.minSubgroupSize;
            info.limits.maxSubgroupSize = sizes.maxSubgroupSize;
        }
    }
}

void readMemory(const vk::raii::PhysicalDevice& device, DeviceInfo& info) {
    const VkPhysicalDeviceMemoryProperties memory = device.getMemoryProperties();
    const uint32_t heap = mainHeap(memory);
    info.memoryTotalBytes = memory.memoryHeaps[heap].size;
    info.memoryFreeBytes = info.features.memoryBudget ? measuredFreeBytes(device, heap) : info.memoryTotalBytes;
    info.features.hostVisibleDeviceMemory = hostSeesMainHeap(memory);
}

bool hasComputeQueue(const vk::raii::PhysicalDevice& device) {
    const auto families = device.getQueueFamilyProperties();
    return std::any_of(families.begin(), families.end(), [](const vk::QueueFamilyProperties& family) {
        return static_cast<bool>(family.queueFlags & vk::QueueFlagBits::eCompute);
    });
}

}  // namespace

DeviceInfo describeDevice(const vk::raii::Instance& instance, const vk::raii::PhysicalDevice& device,
                          uint32_t enumerationIndex) {
    DeviceInfo info;
    const auto basic = device.getProperties();
    info.enumerationIndex = enumerationIndex;
    info.name = basic.deviceName.data();
    info.type = typeOf(basic.deviceType);
    info.vendorId = basic.vendorID;
    info.deviceId = basic.deviceID;
    info.driverVersion = basic.driverVersion;
    info.apiVersion = basic.apiVersion;
    info.apiVersionText = versionText(basic.apiVersion);
    info.pipelineCacheUuid = uuidOf(basic.pipelineCacheUUID);
    if (basic.apiVersion < VK_API_VERSION_1_2) {  // the questions below need 1.2
        info.driverName = "unknown";
        info.missing.push_back("Vulkan 1.2 (it has " + info.apiVersionText + ")");
        return info;
    }

    const auto chain = device.getProperties2<vk::PhysicalDeviceProperties2, vk::PhysicalDeviceIDProperties,
                                             vk::PhysicalDeviceDriverProperties, vk::PhysicalDeviceSubgroupProperties,
                                             vk::PhysicalDeviceMaintenance3Properties>();
    const auto& driver = chain.get<vk::PhysicalDeviceDriverProperties>();
    const auto& subgroup = chain.get<vk::PhysicalDeviceSubgroupProperties>();
    info.driverName = driver.driverName.data();
    info.driverInfo = driver.driverInfo.data();
    info.deviceUuid = uuidOf(chain.get<vk::PhysicalDeviceIDProperties>().deviceUUID);
    info.driverUuid = uuidOf(chain.get<vk::PhysicalDeviceIDProperties>().driverUUID);
    info.limits = limitsOf(basic.limits, subgroup.subgroupSize,
                           chain.get<vk::PhysicalDeviceMaintenance3Properties>().maxMemoryAllocationSize);
    readFeatures(instance, device, subgroup, info);
    readMemory(device, info);

    if (!info.features.timelineSemaphore) info.missing.emplace_back("timeline semaphores");
    if (!info.features.storage16) info.missing.emplace_back("16-bit storage");
    if (!hasComputeQueue(device)) info.missing.emplace_back("a compute queue");
    return info;
}

}  // namespace lares::vulkan

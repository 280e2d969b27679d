// What is known of a device before it is opened: a plain value that can be listed, shown and compared.
// Nothing here opens or keeps anything. The order and the verdicts are made by judgeDevices, a pure function.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace lares::vulkan {

enum class DeviceType { discrete, integrated, virtualGpu, software, other };

const char* deviceTypeName(DeviceType type);  ///< "discrete", "integrated", "virtual", "software", "other"

using Uuid = std::array<uint8_t, 16>;

struct DeviceLimits {
    uint64_t maxStorageBufferRangeBytes = 0;  ///< one binding; 128 MiB on lavapipe and some phones, 1..4 GiB elsewhere
    uint64_t maxAllocationBytes = 0;          ///< one buffer
    uint32_t minStorageOffsetAlignment = 1;   ///< offset of a bound BufferView is a multiple of this (16..256)
    uint32_t maxSharedMemoryBytes = 0;        ///< of a workgroup
    uint32_t maxWorkgroupInvocations = 0;
    std::array<uint32_t, 3> maxWorkgroupSize{};
    std::array<uint32_t, 3> maxGroups{};  ///< workgroups in one dispatch
    uint32_t maxPushConstantBytes = 0;
    uint32_t maxBindings = 0;  ///< storage buffers in one shader
    uint32_t subgroupSize = 0;
    uint32_t minSubgroupSize = 0;  ///< equal to subgroupSize where the size cannot be asked for
    uint32_t maxSubgroupSize = 0;
    uint32_t cooperativeMatrixSize = 0;  ///< of f16 matrices that a subgroup multiplies with sums in f32; 0: none
    double timestampPeriodNs = 0;        ///< 0: no timestamps
};

/// What the device has and Device switches on. Whatever is not here is never on (robust buffer access, for one).
struct DeviceFeatures {
    bool timelineSemaphore = false;  ///< required
    bool storage16 = false;          ///< required: 16-bit values in storage buffers
    bool storage8 = false;           ///< 8-bit values in storage buffers
    bool float16 = false;            ///< f16 arithmetic
    bool int8 = false;               ///< 8-bit arithmetic
    bool int16 = false;
    bool int64 = false;
    bool integerDot = false;           ///< VK_KHR_shader_integer_dot_product
    bool subgroupSizeControl = false;  ///< a pipeline can ask for its subgroup size
    bool fullSubgroups = false;
    bool subgroupArithmetic = false;  ///< reductions in compute shaders
    bool subgroupShuffle = false;
    bool subgroupClustered = false;
    bool cooperativeMatrix = false;        ///< VK_KHR_cooperative_matrix, in a shape that the kernels use
    bool memoryBudget = false;             ///< free memory is measured and not guessed
    bool hostVisibleDeviceMemory = false;  ///< unified memory or resizable BAR: weights are written without staging
};

struct DeviceInfo {
    uint32_t index = 0;             ///< N of "vulkan:N", in order of preference
    uint32_t enumerationIndex = 0;  ///< position in the loader's own list
    std::string name;
    DeviceType type = DeviceType::other;
    std::string driverName;
    std::string driverInfo;
    uint32_t vendorId = 0;
    uint32_t deviceId = 0;
    uint32_t driverVersion = 0;
    uint32_t apiVersion = 0;     ///< as VK_MAKE_API_VERSION packs it
    std::string apiVersionText;  ///< "1.3.230"
    Uuid deviceUuid{};
    Uuid driverUuid{};
    Uuid pipelineCacheUuid{};
    uint64_t memoryTotalBytes = 0;  ///< of the largest device-local heap
    uint64_t memoryFreeBytes = 0;   ///< of that heap, at the time of listing
    DeviceLimits limits;
    DeviceFeatures features;
    std::vector<std::string> missing;  ///< required things the device lacks, as words: "timeline semaphores"

    bool usable = false;     ///< nothing is missing
    bool preferred = false;  ///< the one taken when nobody names a device
    std::string verdict;     ///< one sentence: why this device is, or is not, used
};

/// Sorts by preference (usable first; discrete, integrated, virtual, software, other; then memory), numbers the
/// devices and writes usable, preferred and verdict.
void judgeDevices(std::vector<DeviceInfo>& devices);

}  // namespace lares::vulkan

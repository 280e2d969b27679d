// See cooperative_matrix.h.
#include "vulkan/runtime/cooperative_matrix.h"

#include <bit>

namespace lares::vulkan {

namespace {

/// VkCooperativeMatrixPropertiesKHR; component types are those of VkComponentTypeKHR.
struct Properties {
    VkStructureType sType = static_cast<VkStructureType>(1000506001);
    void* pNext = nullptr;
    uint32_t rows = 0, columns = 0, depth = 0;
    uint32_t aType = 0, bType = 0, cType = 0, resultType = 0;
    VkBool32 saturating = VK_FALSE;
    uint32_t scope = 0;
};

constexpr uint32_t kFloat16 = 0;
constexpr uint32_t kFloat32 = 1;
constexpr uint32_t kSubgroupScope = 3;
constexpr uint32_t kWantedSize = 16;
constexpr uint32_t kLargestSize = 32;  // the kernels cut rows into pieces of 32

using GetProperties = VkResult(VKAPI_PTR*)(VkPhysicalDevice, uint32_t*, Properties*);

bool fits(const Properties& shape) {
    return shape.rows == shape.columns && shape.rows == shape.depth && std::has_single_bit(shape.rows) &&
           shape.rows >= 8 && shape.rows <= kLargestSize && shape.aType == kFloat16 && shape.bType == kFloat16 &&
           shape.cType == kFloat32 && shape.resultType == kFloat32 && !shape.saturating &&
           shape.scope == kSubgroupScope;
}

}  // namespace

uint32_t cooperativeMatrixSize(const vk::raii::Instance& instance, const vk::raii::PhysicalDevice& device) {
    CooperativeMatrixFeatures features;
    vk::PhysicalDeviceFeatures2 all;
    all.pNext = &features;
    device.getDispatcher()->vkGetPhysicalDeviceFeatures2(*device, reinterpret_cast<VkPhysicalDeviceFeatures2*>(&all));
    const auto get =
        reinterpret_cast<GetProperties>(instance.getProcAddr("vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR"));
    uint32_t count = 0;
    if (!features.cooperativeMatrix || !get || get(*device, &count, nullptr) != VK_SUCCESS) return 0;
    std::vector<Properties> shapes(count);
    if (get(*device, &count, shapes.data()) != VK_SUCCESS) return 0;
    shapes.resize(count);

    uint32_t size = 0;
    for (const Properties& shape : shapes) {
        if (fits(shape) && (shape.rows == kWantedSize || size == 0)) size = shape.rows;
    }
    return size;
}

}  // namespace lares::vulkan

// How many workgroups, and how large: what the recorders share.
#pragma once

#include "vulkan/runtime/command_list.h"

#include <cstdint>

namespace lares::vulkan {

inline constexpr std::uint32_t divideUp(std::uint32_t value, std::uint32_t by) {
    return value / by + (value % by != 0 ? 1 : 0);
}

/// `count` groups in two dimensions, neither past the 65535 that every device allows; a few groups at the end may be
/// too many, and the shader leaves them (groupIndex() in elements.glsl).
Groups linearGroups(std::uint32_t count);

/// Invocations of a workgroup: about `wanted`, in whole subgroups. Software devices get few, because there each barrier
/// costs and nothing is won by more.
std::uint32_t workgroupSize(const DeviceInfo& device, std::uint32_t wanted);

}  // namespace lares::vulkan

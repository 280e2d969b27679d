// Internal: Vulkan-Hpp, and the one place where its exceptions become ours. Included by .cpp files of vulkan/runtime
// only: it costs seconds to compile.
#pragma once

#include <string>
#include <string_view>
#include <vulkan/vulkan_raii.hpp>

#include "vulkan/runtime/error.h"

namespace lares::vulkan {

/// To be called inside a catch block: throws the exception being handled as an Error. `doing` completes
/// "... while <doing>", for example "waiting for the device".
[[noreturn]] void rethrowAsError(const std::string& doing);

/// Runs `work`; what Vulkan-Hpp throws comes out as an Error. Asks for no memory when all goes well.
template <class Work>
auto call(std::string_view doing, Work&& work) -> decltype(work()) {
    try {
        return work();
    } catch (const std::exception&) {
        rethrowAsError(std::string(doing));
    }
}

std::string bytesText(uint64_t bytes);  ///< "1.5 GiB", "300 MiB", "12 KiB", "5 bytes"

}  // namespace lares::vulkan

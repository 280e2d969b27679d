// The one exception type of vulkan/: what a caller can tell apart, a sentence for a person, and the detail for a log.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace lares::vulkan {

enum class ErrorKind {
    noDevice,     ///< no Vulkan here, or no device that can be used
    unsupported,  ///< the device lacks something, or a limit of the device is exceeded
    outOfMemory,  ///< of the device or of the machine
    deviceLost,   ///< the device stopped answering; the Device object is of no more use
    pipeline,     ///< the driver refused a shader
    validation,   ///< validation was asked for and its layer is not installed
    internal,     ///< the driver answered something it should not
};

/// An operating error. what() is a whole sentence that a user can act on; detail() may be empty.
class Error : public std::runtime_error {
 public:
    Error(ErrorKind kind, const std::string& sentence, std::string detail = {})
        : std::runtime_error(sentence), m_kind(kind), m_detail(std::move(detail)) {}
    ErrorKind kind() const noexcept { return m_kind; }
    const std::string& detail() const noexcept { return m_detail; }

 private:
    ErrorKind m_kind;
    std::string m_detail;
};

}  // namespace lares::vulkan

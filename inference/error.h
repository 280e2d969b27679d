// The one exception type of inference/: what a caller can tell apart, a sentence for a person, and the detail for a
// log.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace lares::inference {

enum class ErrorKind {
    badFile,      ///< a model file is damaged, truncated or contradicts itself
    unsupported,  ///< well formed, but an architecture, weight type or tokenizer that Lares does not know
    badRequest,   ///< the caller asked for something impossible (token id past the vocabulary, prompt longer than the
                  ///< context)
    badTemplate,  ///< a chat template failed: syntax, limits, or its own raise_exception
    noDevice,     ///< no usable compute device
    outOfMemory,  ///< of the device or of the machine
    deviceLost,   ///< the device stopped answering
    io,           ///< the file system said no
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

}  // namespace lares::inference

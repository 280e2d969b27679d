// What goes wrong in a chat template.
#pragma once

#include "inference/error.h"

namespace lares::inference {

/// ErrorKind::badTemplate with the kind of failure, the bare message and the template's line (1-based; 0: unknown).
class TemplateError : public Error {
 public:
    enum class Kind {
        syntax,     ///< not a template
        raised,     ///< the template called raise_exception()
        undefined,  ///< used a value that is not there
        type,       ///< an operation on values of the wrong type
        value,      ///< right type, impossible value (division by zero)
        security,   ///< reached for something the sandbox hides
        limit,      ///< used up steps, time, memory or output
        recursion,  ///< nested too deeply
    };

    TemplateError(Kind kind, std::string message, int line);

    Kind templateKind() const noexcept { return m_kind; }
    const char* kindWord() const noexcept;  ///< the enumerator's name: "syntax", "raised", ...
    const std::string& message() const noexcept { return m_message; }
    int line() const noexcept { return m_line; }

 private:
    Kind m_kind;
    std::string m_message;
    int m_line;
};

}  // namespace lares::inference

#include "inference/template/template_error.h"

namespace lares::inference {

namespace {

std::string sentence(TemplateError::Kind kind, const std::string& message, int line) {
    std::string text = kind == TemplateError::Kind::raised ? "The chat template refuses these messages: "
                                                           : "The chat template of this model failed: ";
    text += message;
    if (line > 0) {
        text += " (line " + std::to_string(line) + ")";
    }
    return text;
}

}  // namespace

TemplateError::TemplateError(Kind kind, std::string message, int line)
    : Error(ErrorKind::badTemplate, sentence(kind, message, line)),
      m_kind(kind),
      m_message(std::move(message)),
      m_line(line) {}

const char* TemplateError::kindWord() const noexcept {
    switch (m_kind) {
        case Kind::syntax:
            return "syntax";
        case Kind::raised:
            return "raised";
        case Kind::undefined:
            return "undefined";
        case Kind::type:
            return "type";
        case Kind::value:
            return "value";
        case Kind::security:
            return "security";
        case Kind::limit:
            return "limit";
        case Kind::recursion:
            return "recursion";
    }
    return "unknown";
}

}  // namespace lares::inference

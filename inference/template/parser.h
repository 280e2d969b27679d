// Template source to statements. Nesting is bounded here, so nothing that walks the result can run out of stack.
#pragma once

#include "inference/template/ast.h"

#include <string_view>

namespace lares::inference::jinja {

/// Throws TemplateError: syntax; recursion where expressions or blocks nest too deeply; limit for an oversized source.
Body parseTemplate(std::string_view source);

}  // namespace lares::inference::jinja

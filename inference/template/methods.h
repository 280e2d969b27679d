// The method tables of the built-in types.
#pragma once

#include "inference/template/builtins.h"
#include "inference/template/interpreter.h"

#include <span>

namespace lares::inference::jinja {

std::span<const Builtin> stringMethods();

}  // namespace lares::inference::jinja

// Python's two ways to format: "%5.2f" % x and "{:>5.2f}".format(x).
#pragma once

#include "inference/template/interpreter.h"

namespace lares::inference::jinja {

/// str.format: positional[0] is the format itself. Attributes and items in fields go through the sandbox.
Value formatBraces(Interpreter& interpreter, CallArguments& arguments);

/// A finite or infinite number with a fixed count of digits after the point, as "%.*f".
std::string formatFixed(double value, int precision);

}  // namespace lares::inference::jinja

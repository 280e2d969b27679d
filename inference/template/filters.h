// The filter tables; each part of the filters has a file of its own.
#pragma once

#include "inference/template/builtins.h"
#include "inference/template/interpreter.h"

#include <span>

namespace lares::inference::jinja {

std::span<const Builtin> textFilters();
std::span<const Builtin> markupFilters();
std::span<const Builtin> numberFilters();
std::span<const Builtin> sequenceFilters();
std::span<const Builtin> selectionFilters();

/// What `attribute="a.b.0"` of a filter reads from an element. `path` is a string or an integer.
Value readPath(Interpreter& interpreter, const Value& element, const Value& path);

/// a < b as filters sort: strings without regard to case unless told so.
bool sortsBefore(Run& run, const Value& a, const Value& b, bool caseSensitive);

}  // namespace lares::inference::jinja

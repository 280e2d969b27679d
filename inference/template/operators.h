// The arithmetic and indexing operators with Python's meaning.
#pragma once

#include "inference/template/ast.h"

#include <optional>

namespace lares::inference::jinja {

Value applyBinary(Run& run, BinaryOperator op, const Value& left, const Value& right);
Value applyUnary(Run& run, UnaryOperator op, const Value& operand);
bool applyComparison(Run& run, Comparison comparison, const Value& left, const Value& right);

/// object[start:stop:step]; a missing bound is nullopt. Works on strings, lists, tuples and ranges.
Value applySlice(Run& run, const Value& object, std::optional<Int> start, std::optional<Int> stop,
                 std::optional<Int> step);

/// a + b of integers and so on, throwing where the result leaves 128 bits.
Int addChecked(Run& run, Int a, Int b);
Int multiplyChecked(Run& run, Int a, Int b);

/// "%s and %5.2f" % arguments
Value formatPercent(Run& run, const Text& format, const Value& arguments);

}  // namespace lares::inference::jinja

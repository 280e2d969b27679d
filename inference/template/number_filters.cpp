// Filters that make or change numbers.
#include "inference/template/filters.h"
#include "inference/template/format.h"
#include "inference/template/literals.h"
#include "inference/template/operators.h"

#include <cmath>

namespace lares::inference::jinja {

namespace {

/// The whole part; nullopt for what is not finite or too large for Int.
std::optional<Int> truncated(double value) {
    return std::abs(value) < 1.7e38 ? std::optional<Int>(static_cast<Int>(value)) : std::nullopt;
}

Value toInteger(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "int", arguments, {"value", "default", "base"}, 1);
    const Value& value = requireDefined(in.run(), given[0]);
    std::optional<Int> whole;
    if (value.isWhole()) {
        whole = value.whole();
    } else if (value.isReal()) {
        whole = truncated(value.real());
    } else if (value.isString()) {
        whole = parseInteger(value.bytes(), static_cast<int>(std::clamp<Int>(given.integerOr(2, 10), 0, 36)));
        if (const auto real = whole ? std::nullopt : parseReal(value.bytes())) {
            whole = truncated(*real);
        }
    }
    return whole ? Value(*whole) : given.valueOr(1, Value::integer(0));
}

Value toFloat(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "float", arguments, {"value", "default"}, 1);
    const Value& value = requireDefined(in.run(), given[0]);
    if (value.isNumber()) {
        return value.real();
    }
    const auto real = value.isString() ? parseReal(value.bytes()) : std::nullopt;
    return real ? Value(*real) : given.valueOr(1, Value(0.0));
}

Value absolute(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "abs", arguments, {"x"}, 1);
    const Value& value = requireDefined(in.run(), given[0]);
    if (value.isWhole()) {
        return value.whole() < 0 ? multiplyChecked(in.run(), value.whole(), -1) : value.whole();
    }
    if (!value.isReal()) {
        in.run().fail(FailKind::type, "bad operand type for abs(): '" + typeName(value) + "'");
    }
    return std::abs(value.real());
}

/// To `digits` after the point, exactly: through the decimal form, ties to even.
double roundedTo(double value, int digits) {
    if (!std::isfinite(value)) {
        return value;
    }
    if (digits >= 0) {
        return parseReal(formatFixed(value, digits)).value_or(value);
    }
    const double scale = std::pow(10.0, -digits);
    return std::nearbyint(value / scale) * scale;
}

Value round(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "round", arguments, {"value", "precision", "method"}, 1);
    const Value& value = requireDefined(in.run(), given[0]);
    const int digits = static_cast<int>(std::clamp<Int>(given.integerOr(1, 0), -300, 300));
    const std::string method = given.textOr(2, "common").bytes();
    if (!value.isNumber()) {
        in.run().fail(FailKind::type, "type " + typeName(value) + " doesn't define __round__ method");
    }
    if (method == "common") {
        if (value.isWhole() && digits >= 0) {
            return value.whole();
        }
        const double rounded = roundedTo(value.real(), digits);
        return value.isWhole() ? Value(truncated(rounded).value_or(0)) : Value(rounded);
    }
    if (method != "ceil" && method != "floor") {
        in.run().fail(FailKind::value, "method must be common, ceil or floor");
    }
    const double scale = std::pow(10.0, digits);
    return (method == "ceil" ? std::ceil(value.real() * scale) : std::floor(value.real() * scale)) / scale;
}

Value fileSize(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "filesizeformat", arguments, {"value", "binary"}, 1);
    const Value& value = requireDefined(in.run(), given[0]);
    const auto parsed = value.isString()   ? parseReal(value.bytes())
                        : value.isNumber() ? std::optional(value.real())
                                           : std::nullopt;
    if (!parsed) {
        in.run().fail(FailKind::type, "filesizeformat needs a number, not " + typeName(value));
    }
    const bool binary = given.flagOr(1, false);
    const double base = binary ? 1024 : 1000;
    const double bytes = *parsed;
    if (bytes == 1) {
        return makeString(in.run(), "1 Byte");
    }
    if (bytes < base) {
        return makeString(in.run(), formatFixed(std::trunc(bytes), 0) + " Bytes");
    }
    constexpr const char* kLetters = "kMGTPEZY";
    double unit = base;
    int index = 0;
    for (; index < 7 && bytes >= unit * base; ++index) {
        unit *= base;
    }
    const char letter = binary && index == 0 ? 'K' : kLetters[index];
    return makeString(in.run(), formatFixed(bytes / unit, 1) + " " + letter + (binary ? "iB" : "B"));
}

constexpr Builtin kFilters[] = {
    {"abs", &absolute}, {"filesizeformat", &fileSize}, {"float", &toFloat}, {"int", &toInteger}, {"round", &round}};

}  // namespace

std::span<const Builtin> numberFilters() {
    return kFilters;
}

}  // namespace lares::inference::jinja

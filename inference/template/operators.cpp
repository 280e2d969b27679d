#include "inference/template/operators.h"

#include "inference/template/builtins.h"
#include "inference/template/print.h"
#include "inference/template/unicode.h"

#include <algorithm>
#include <cmath>

namespace lares::inference::jinja {

namespace {

constexpr const char* kOverflow = "a number is too large";

const char* symbolOf(BinaryOperator op) {
    switch (op) {
        case BinaryOperator::add:
            return "+";
        case BinaryOperator::subtract:
            return "-";
        case BinaryOperator::multiply:
            return "*";
        case BinaryOperator::divide:
            return "/";
        case BinaryOperator::floorDivide:
            return "//";
        case BinaryOperator::modulo:
            return "%";
        case BinaryOperator::power:
            return "** or pow()";
    }
    return "?";
}

[[noreturn]] void failOperands(Run& run, BinaryOperator op, const Value& left, const Value& right) {
    if (op == BinaryOperator::add && left.isString()) {
        run.fail(FailKind::type, "can only concatenate str (not \"" + typeName(right) + "\") to str");
    }
    if (op == BinaryOperator::add && (left.isFlavor(Flavor::list) || left.isFlavor(Flavor::tuple))) {
        const std::string type = typeName(left);
        run.fail(FailKind::type, "can only concatenate " + type + " (not \"" + typeName(right) + "\") to " + type);
    }
    run.fail(FailKind::type, std::string("unsupported operand type(s) for ") + symbolOf(op) + ": '" + typeName(left) +
                                 "' and '" + typeName(right) + "'");
}

Value repeat(Run& run, const Value& value, Int count) {
    const auto times = static_cast<std::size_t>(std::clamp<Int>(count, 0, Int{1} << 40));
    if (value.isString()) {
        const Text& text = value.text();
        if (times > 0) {
            run.allowText(text.size() > run.limits().textBytes / times ? run.limits().textBytes + 1
                                                                       : text.size() * times);
        }
        Text out;
        for (std::size_t i = 0; i < times && !text.empty(); ++i) {
            run.step();
            out.append(text);
        }
        out.markup = text.markup;
        return makeString(run, std::move(out));
    }
    std::vector<Value> items;
    const auto& source = value.sequence().items;
    for (std::size_t i = 0; i < times && !source.empty(); ++i) {
        run.step(source.size());
        run.allocate(source.size() * sizeof(Value));
        items.insert(items.end(), source.begin(), source.end());
    }
    return makeSequence(run, std::move(items), value.sequence().flavor);
}

bool repeatable(const Value& value) {
    return value.isString() || value.isFlavor(Flavor::list) || value.isFlavor(Flavor::tuple);
}

Value addValues(Run& run, const Value& left, const Value& right) {
    if (left.isString() && right.isString()) {
        const bool markup = left.text().markup || right.text().markup;
        run.allowText(left.text().size() + right.text().size());
        Text out = markup ? escapeHtml(left.text()) : left.text();
        out.append(markup ? escapeHtml(right.text()) : right.text());
        out.markup = markup;
        return makeString(run, std::move(out));
    }
    const bool sequences = left.isSequence() && right.isSequence() &&
                           left.sequence().flavor == right.sequence().flavor &&
                           (left.isFlavor(Flavor::list) || left.isFlavor(Flavor::tuple));
    if (!sequences) {
        failOperands(run, BinaryOperator::add, left, right);
    }
    std::vector<Value> items = left.sequence().items;
    items.insert(items.end(), right.sequence().items.begin(), right.sequence().items.end());
    return makeSequence(run, std::move(items), left.sequence().flavor);
}

Int floorDivide(Run& run, Int a, Int b) {
    if (b == 0) {
        run.fail(FailKind::value, "integer division or modulo by zero");
    }
    if (b == -1) {
        return multiplyChecked(run, a, -1);
    }
    const Int quotient = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

Value power(Run& run, Int base, Int exponent) {
    if (exponent < 0) {
        if (base == 0) {
            run.fail(FailKind::value, "0.0 cannot be raised to a negative power");
        }
        return std::pow(static_cast<double>(base), static_cast<double>(exponent));
    }
    if (base == 0 || base == 1 || base == -1) {
        return exponent == 0 ? Int{1} : base == -1 && exponent % 2 == 0 ? Int{1} : base;
    }
    Int result = 1;
    for (; exponent > 0; --exponent) {  // ends in an overflow after 127 rounds at most
        result = multiplyChecked(run, result, base);
    }
    return result;
}

Value wholeArithmetic(Run& run, BinaryOperator op, Int a, Int b) {
    Int result = 0;
    switch (op) {
        case BinaryOperator::add:
            return addChecked(run, a, b);
        case BinaryOperator::subtract:
            if (__builtin_sub_overflow(a, b, &result)) {
                run.fail(FailKind::limit, kOverflow);
            }
            return result;
        case BinaryOperator::multiply:
            return multiplyChecked(run, a, b);
        case BinaryOperator::divide:
            if (b == 0) {
                run.fail(FailKind::value, "division by zero");
            }
            return static_cast<double>(a) / static_cast<double>(b);
        case BinaryOperator::floorDivide:
            return floorDivide(run, a, b);
        case BinaryOperator::modulo:
            return b == -1 ? Int{0} : a - floorDivide(run, a, b) * b;
        case BinaryOperator::power:
            return power(run, a, b);
    }
    return {};
}

Value realArithmetic(Run& run, BinaryOperator op, double a, double b) {
    const bool divides =
        op == BinaryOperator::divide || op == BinaryOperator::floorDivide || op == BinaryOperator::modulo;
    if (divides && b == 0) {
        run.fail(FailKind::value,
                 op == BinaryOperator::divide ? "float division by zero" : "float floor division by zero");
    }
    switch (op) {
        case BinaryOperator::add:
            return a + b;
        case BinaryOperator::subtract:
            return a - b;
        case BinaryOperator::multiply:
            return a * b;
        case BinaryOperator::divide:
            return a / b;
        case BinaryOperator::floorDivide:
            return std::floor(a / b);
        case BinaryOperator::modulo: {
            const double rest = std::fmod(a, b);
            return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
        }
        case BinaryOperator::power:
            if (a < 0 && b != std::floor(b)) {
                run.fail(FailKind::value, "a negative number has no real power of a fraction");
            }
            return std::pow(a, b);
    }
    return {};
}

}  // namespace

Int addChecked(Run& run, Int a, Int b) {
    Int result = 0;
    if (__builtin_add_overflow(a, b, &result)) {
        run.fail(FailKind::limit, kOverflow);
    }
    return result;
}

Int multiplyChecked(Run& run, Int a, Int b) {
    Int result = 0;
    if (__builtin_mul_overflow(a, b, &result)) {
        run.fail(FailKind::limit, kOverflow);
    }
    return result;
}

Value applyBinary(Run& run, BinaryOperator op, const Value& left, const Value& right) {
    requireDefined(run, left);
    if (op == BinaryOperator::modulo && left.isString()) {
        return formatPercent(run, left.text(), right);
    }
    requireDefined(run, right);
    if (left.isWhole() && right.isWhole()) {
        return wholeArithmetic(run, op, left.whole(), right.whole());
    }
    if (left.isNumber() && right.isNumber()) {
        return realArithmetic(run, op, left.real(), right.real());
    }
    if (op == BinaryOperator::add) {
        return addValues(run, left, right);
    }
    if (op == BinaryOperator::multiply && repeatable(left) && right.isWhole()) {
        return repeat(run, left, right.whole());
    }
    if (op == BinaryOperator::multiply && left.isWhole() && repeatable(right)) {
        return repeat(run, right, left.whole());
    }
    failOperands(run, op, left, right);
}

Value applyUnary(Run& run, UnaryOperator op, const Value& operand) {
    if (op == UnaryOperator::logicalNot) {
        return !isTrue(operand);
    }
    requireDefined(run, operand);
    const bool negate = op == UnaryOperator::negate;
    if (operand.isWhole()) {
        return negate ? multiplyChecked(run, operand.whole(), -1) : operand.whole();
    }
    if (operand.isReal()) {
        return negate ? -operand.real() : operand.real();
    }
    run.fail(FailKind::type,
             std::string("bad operand type for unary ") + (negate ? "-" : "+") + ": '" + typeName(operand) + "'");
}

bool applyComparison(Run& run, Comparison comparison, const Value& left, const Value& right) {
    switch (comparison) {
        case Comparison::equal:
            return equal(run, left, right);
        case Comparison::notEqual:
            return !equal(run, left, right);
        case Comparison::less:
            return lessThan(run, left, right, "<");
        case Comparison::greater:
            return lessThan(run, right, left, ">");
        case Comparison::lessEqual:
            return lessThan(run, left, right, "<=") || equal(run, left, right);
        case Comparison::greaterEqual:
            return lessThan(run, right, left, ">=") || equal(run, left, right);
        case Comparison::in:
            return contains(run, right, left);
        case Comparison::notIn:
            return !contains(run, right, left);
    }
    return false;
}

Value applySlice(Run& run, const Value& object, std::optional<Int> start, std::optional<Int> stop,
                 std::optional<Int> step) {
    requireDefined(run, object);
    const bool sliceable =
        object.isString() || (object.isSequence() && (repeatable(object) || object.isFlavor(Flavor::range)));
    if (!sliceable) {
        return Value::missing(describeForError(object) + " has no element slice");
    }
    const Int stride = step.value_or(1);
    if (stride == 0) {
        run.fail(FailKind::value, "slice step cannot be zero");
    }
    const auto length = static_cast<Int>(lengthOf(run, object));
    const Int low = stride < 0 ? -1 : 0;
    const Int high = stride < 0 ? length - 1 : length;
    const auto bound = [&](std::optional<Int> value, Int fallback) {
        return value ? std::clamp<Int>(*value < 0 ? *value + length : *value, low, high) : fallback;
    };
    const Int first = bound(start, stride < 0 ? high : low);
    const Int last = bound(stop, stride < 0 ? low : high);

    if (object.isString() && stride == 1) {
        const Text& text = object.text();
        if (first >= last) {
            return makeString(run, text.slice(0, 0));
        }
        const auto from = static_cast<std::size_t>(first);
        const auto count = static_cast<std::size_t>(last - first);
        if (object.string().ascii()) {
            return makeString(run, text.slice(from, from + count));
        }
        run.step(text.size() / 64);
        const std::size_t begin = byteOffset(text.bytes(), from);
        const std::size_t size = byteOffset(std::string_view(text.bytes()).substr(begin), count);
        return makeString(run, text.slice(begin, begin + size));
    }
    std::vector<Value> picked;
    const std::vector<Value> all = elementsOf(run, object);
    for (Int i = first; stride < 0 ? i > last : i < last; i += stride) {
        picked.push_back(all[static_cast<std::size_t>(i)]);
        if (stride > length || stride < -length) {
            break;
        }
    }
    if (!object.isString()) {
        return makeSequence(run, std::move(picked), object.isFlavor(Flavor::tuple) ? Flavor::tuple : Flavor::list);
    }
    Text text;
    for (const Value& character : picked) {
        text.append(character.text());
    }
    return makeString(run, std::move(text));
}

}  // namespace lares::inference::jinja

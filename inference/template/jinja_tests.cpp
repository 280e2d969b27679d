// What can stand after "is".
#include "inference/template/builtins.h"
#include "inference/template/interpreter.h"
#include "inference/template/operators.h"
#include "inference/template/unicode.h"

#include <algorithm>
#include <unordered_map>

namespace lares::inference::jinja {

namespace {

/// A test of one value.
template <bool (*holds)(const Value&)>
Value unary(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "test", arguments, {"value"}, 1);
    return holds(given[0]);
}

template <Comparison comparison>
Value compare(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "test", arguments, {"a", "b"}, 2);
    return applyComparison(in.run(), comparison, given[0], given[1]);
}

Int remainder(Interpreter& in, const Value& value, const Value& divisor) {
    const Value rest = applyBinary(in.run(), BinaryOperator::modulo, value, divisor);
    return rest.isWhole()                      ? rest.whole()
           : rest.isReal() && rest.real() == 0 ? 0
           : rest.isReal() && rest.real() == 1 ? 1
                                               : -1;
}

Value divisibleBy(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "divisibleby", arguments, {"value", "num"}, 2);
    return remainder(in, given[0], given[1]) == 0;
}

template <int rest>
Value parity(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "odd", arguments, {"value"}, 1);
    return remainder(in, given[0], Value::integer(2)) == rest;
}

template <bool upper>
Value cased(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "upper", arguments, {"value"}, 1);
    const std::string text = given.textOr(0, "").bytes();
    const std::string wanted = upper ? toUpper(text) : toLower(text);
    const std::string other = upper ? toLower(text) : toUpper(text);
    return text == wanted && text != other;
}

Value sameAs(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "sameas", arguments, {"value", "other"}, 2);
    const Value &a = given[0], &b = given[1];
    if (a.kind() != b.kind()) {
        return false;
    }
    return a.identity() ? a.identity() == b.identity() : equal(in.run(), a, b);
}

template <NativeFunction (*find)(std::string_view)>
Value known(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "filter", arguments, {"value"}, 1);
    return given[0].isString() && find(given[0].bytes()) != nullptr;
}

bool isDefined(const Value& v) {
    return !v.isUndefined();
}
bool isUndefined(const Value& v) {
    return v.isUndefined();
}
bool isNone(const Value& v) {
    return v.isNone();
}
bool isBoolean(const Value& v) {
    return v.isBoolean();
}
bool isTrueItself(const Value& v) {
    return v.isBoolean() && v.boolean();
}
bool isFalseItself(const Value& v) {
    return v.isBoolean() && !v.boolean();
}
bool isInteger(const Value& v) {
    return v.isInteger();
}
bool isFloat(const Value& v) {
    return v.isReal();
}
bool isNumber(const Value& v) {
    return v.isNumber();
}
bool isString(const Value& v) {
    return v.isString();
}
bool isMapping(const Value& v) {
    return v.isDict();
}
bool isIterable(const Value& v) {
    return v.isString() || v.isSequence() || v.isDict() || v.isUndefined();
}
/// What has a length and takes an index; undefined has both, in Python, until they are used.
bool isSequence(const Value& v) {
    return v.isString() || v.isUndefined() || v.isDict() || v.isFlavor(Flavor::list) || v.isFlavor(Flavor::tuple) ||
           v.isFlavor(Flavor::range);
}
bool isCallable(const Value& v) {
    return v.isUndefined() || (v.isObject() && v.object()->callable());
}
bool isEscaped(const Value& v) {
    return v.isString() && v.text().markup;
}

}  // namespace

NativeFunction findTest(std::string_view name) {
    static const std::unordered_map<std::string_view, NativeFunction> kTests = {
        {"boolean", &unary<isBoolean>},
        {"callable", &unary<isCallable>},
        {"defined", &unary<isDefined>},
        {"divisibleby", &divisibleBy},
        {"escaped", &unary<isEscaped>},
        {"even", &parity<0>},
        {"false", &unary<isFalseItself>},
        {"filter", &known<findFilter>},
        {"float", &unary<isFloat>},
        {"in", &compare<Comparison::in>},
        {"integer", &unary<isInteger>},
        {"iterable", &unary<isIterable>},
        {"lower", &cased<false>},
        {"mapping", &unary<isMapping>},
        {"none", &unary<isNone>},
        {"number", &unary<isNumber>},
        {"odd", &parity<1>},
        {"sameas", &sameAs},
        {"sequence", &unary<isSequence>},
        {"string", &unary<isString>},
        {"test", &known<findTest>},
        {"true", &unary<isTrueItself>},
        {"undefined", &unary<isUndefined>},
        {"upper", &cased<true>},
        {"==", &compare<Comparison::equal>},
        {"eq", &compare<Comparison::equal>},
        {"equalto", &compare<Comparison::equal>},
        {"!=", &compare<Comparison::notEqual>},
        {"ne", &compare<Comparison::notEqual>},
        {"<", &compare<Comparison::less>},
        {"lt", &compare<Comparison::less>},
        {"lessthan", &compare<Comparison::less>},
        {"<=", &compare<Comparison::lessEqual>},
        {"le", &compare<Comparison::lessEqual>},
        {">", &compare<Comparison::greater>},
        {"gt", &compare<Comparison::greater>},
        {"greaterthan", &compare<Comparison::greater>},
        {">=", &compare<Comparison::greaterEqual>},
        {"ge", &compare<Comparison::greaterEqual>},
    };
    const auto found = kTests.find(name);
    return found == kTests.end() ? nullptr : found->second;
}

}  // namespace lares::inference::jinja

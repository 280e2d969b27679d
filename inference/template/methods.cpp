// The methods of lists, tuples, dicts and numbers, and which method belongs to which type.
#include "inference/template/methods.h"

#include <algorithm>
#include <cmath>

namespace lares::inference::jinja {

namespace {

Value dictGet(Interpreter& in, CallArguments& arguments) {
    const Value self = arguments.positional.front();
    const Parameters given(in.run(), "get", arguments, {"self", "key", "default"}, 2);
    if (given[1].isDict() || given[1].isFlavor(Flavor::list)) {
        in.run().fail(FailKind::type, "unhashable type: '" + typeName(given[1]) + "'");
    }
    const Value* found = self.dict().find(in.run(), given[1]);
    return found ? *found : given.valueOr(2, Value());
}

Value dictItems(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "items", arguments, {"self"}, 1);
    std::vector<Value> items;
    for (const auto& [key, value] : given[0].dict().entries) {
        items.push_back(makeSequence(in.run(), {key, value}, Flavor::tuple));
    }
    return makeSequence(in.run(), std::move(items), Flavor::dictItems);
}

Value dictKeys(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "keys", arguments, {"self"}, 1);
    return makeSequence(in.run(), elementsOf(in.run(), given[0]), Flavor::dictKeys);
}

Value dictValues(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "values", arguments, {"self"}, 1);
    std::vector<Value> values;
    for (const auto& entry : given[0].dict().entries) {
        values.push_back(entry.second);
    }
    return makeSequence(in.run(), std::move(values), Flavor::dictValues);
}

/// Nothing can change a list or a dict, so a copy is the thing itself.
Value copy(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "copy", arguments, {"self"}, 1);
    return given[0];
}

Value listIndex(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "index", arguments, {"self", "value"}, 2);
    const auto& items = given[0].sequence().items;
    const auto found =
        std::find_if(items.begin(), items.end(), [&](const Value& item) { return equal(in.run(), item, given[1]); });
    if (found == items.end()) {
        in.run().fail(FailKind::value, "the value is not in the list");
    }
    return Value::integer(found - items.begin());
}

Value listCount(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "count", arguments, {"self", "value"}, 2);
    const auto& items = given[0].sequence().items;
    return Value::integer(
        std::count_if(items.begin(), items.end(), [&](const Value& item) { return equal(in.run(), item, given[1]); }));
}

Value isInteger(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "is_integer", arguments, {"self"}, 1);
    return given[0].real() == std::floor(given[0].real()) && std::isfinite(given[0].real());
}

constexpr Builtin kDictMethods[] = {
    {"copy", &copy}, {"get", &dictGet}, {"items", &dictItems}, {"keys", &dictKeys}, {"values", &dictValues}};
constexpr Builtin kListMethods[] = {{"copy", &copy}, {"count", &listCount}, {"index", &listIndex}};
constexpr Builtin kTupleMethods[] = {{"count", &listCount}, {"index", &listIndex}};
constexpr Builtin kRealMethods[] = {{"is_integer", &isInteger}};

std::span<const Builtin> methodsOf(const Value& value) {
    if (value.isString()) {
        return stringMethods();
    }
    if (value.isDict()) {
        return kDictMethods;
    }
    if (value.isFlavor(Flavor::list)) {
        return kListMethods;
    }
    if (value.isFlavor(Flavor::tuple) || value.isFlavor(Flavor::range)) {
        return kTupleMethods;
    }
    return value.isReal() ? std::span<const Builtin>(kRealMethods) : std::span<const Builtin>();
}

}  // namespace

const Builtin* findMethod(const Value& receiver, std::string_view name) {
    if (receiver.isObject()) {
        return findCyclerMethod(receiver, name);
    }
    const std::span<const Builtin> methods = methodsOf(receiver);
    const auto found =
        std::find_if(methods.begin(), methods.end(), [name](const Builtin& method) { return method.name == name; });
    return found == methods.end() ? nullptr : &*found;
}

bool isForbiddenMethod(const Value& receiver, std::string_view name) {
    static constexpr std::string_view kOfLists[] = {"append", "clear",  "extend",  "insert",
                                                    "pop",    "remove", "reverse", "sort"};
    static constexpr std::string_view kOfDicts[] = {"clear", "pop", "popitem", "setdefault", "update"};
    if (receiver.isFlavor(Flavor::list)) {
        return std::find(std::begin(kOfLists), std::end(kOfLists), name) != std::end(kOfLists);
    }
    return receiver.isDict() && std::find(std::begin(kOfDicts), std::end(kOfDicts), name) != std::end(kOfDicts);
}

}  // namespace lares::inference::jinja

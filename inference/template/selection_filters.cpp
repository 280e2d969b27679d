// Filters that apply filters and tests to each element: map, select, reject, selectattr, rejectattr, groupby.
#include "inference/template/filters.h"

#include <algorithm>

namespace lares::inference::jinja {

namespace {

/// The arguments from `from` on, behind a new first one.
CallArguments following(const CallArguments& arguments, std::size_t from, Value first) {
    CallArguments rest;
    rest.positional.push_back(std::move(first));
    rest.positional.insert(rest.positional.end(), arguments.positional.begin() + static_cast<std::ptrdiff_t>(from),
                           arguments.positional.end());
    rest.keyword = arguments.keyword;
    return rest;
}

std::string nameAt(Interpreter& in, const CallArguments& arguments, std::size_t index) {
    const Value& name = arguments.positional[index];
    if (!name.isString()) {
        in.run().fail(FailKind::type, "the name of a filter or test must be a string, not " + typeName(name));
    }
    return name.bytes();
}

/// What these filters walk over. Like Jinja they take everything false, none too, for empty.
std::vector<Value> elementsOrNone(Interpreter& in, const Value& value) {
    return isTrue(value) ? elementsOf(in.run(), value) : std::vector<Value>();
}

Value mapAttribute(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "map", arguments, {"value", "attribute", "default"}, 2);
    std::vector<Value> mapped;
    for (const Value& element : elementsOrNone(in, given[0])) {
        Value value = readPath(in, element, given[1]);
        if (value.isUndefined()) value = given.valueOr(2, value);
        mapped.push_back(std::move(value));
    }
    return makeSequence(in.run(), std::move(mapped), Flavor::generator);
}

Value map(Interpreter& in, CallArguments& arguments) {
    const bool byAttribute = arguments.positional.size() == 1 &&
                             std::any_of(arguments.keyword.begin(), arguments.keyword.end(),
                                         [](const auto& keyword) { return keyword.first == "attribute"; });
    if (byAttribute) {
        // "attribute" may be given before or after "default"; Parameters binds both by name.
        return mapAttribute(in, arguments);
    }
    if (arguments.positional.size() < 2) {
        in.run().fail(FailKind::type, "map requires a filter argument");
    }
    const std::string filter = nameAt(in, arguments, 1);
    std::vector<Value> mapped;
    for (Value& element : elementsOrNone(in, arguments.positional.front())) {
        mapped.push_back(in.applyFilter(filter, following(arguments, 2, std::move(element))));
    }
    return makeSequence(in.run(), std::move(mapped), Flavor::generator);
}

/// Those elements for which the test (by default: being true) has the wanted outcome.
template <bool byAttribute, bool wanted>
Value select(Interpreter& in, CallArguments& arguments) {
    constexpr std::size_t kTest = byAttribute ? 2 : 1;
    if (arguments.positional.size() < kTest) {
        in.run().fail(FailKind::type, "Missing parameter for attribute name");
    }
    const bool tested = arguments.positional.size() > kTest;
    const std::string test = tested ? nameAt(in, arguments, kTest) : "";
    std::vector<Value> kept;
    for (Value& element : elementsOrNone(in, arguments.positional.front())) {
        in.run().step();
        Value subject = byAttribute ? readPath(in, element, arguments.positional[1]) : element;
        const bool holds =
            tested ? in.applyTest(test, following(arguments, kTest + 1, std::move(subject))) : isTrue(subject);
        if (holds == wanted) {
            kept.push_back(std::move(element));
        }
    }
    return makeSequence(in.run(), std::move(kept), Flavor::generator);
}

Value groupBy(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "groupby", arguments, {"value", "attribute", "default", "case_sensitive"}, 2);
    const bool caseSensitive = given.flagOr(3, false);
    std::vector<std::pair<Value, std::vector<Value>>> groups;
    for (Value& element : elementsOf(in.run(), given[0])) {
        Value key = readPath(in, element, given[1]);
        key = key.isUndefined() && given.has(2) ? given[2] : key;
        const auto place = std::find_if(groups.begin(), groups.end(), [&](const auto& group) {
            return !sortsBefore(in.run(), group.first, key, caseSensitive);
        });
        if (place == groups.end() || sortsBefore(in.run(), key, place->first, caseSensitive)) {
            groups.emplace(place, key, std::vector<Value>{element});
        } else {
            place->second.push_back(std::move(element));
        }
    }
    std::vector<Value> result;
    for (auto& [key, members] : groups) {
        result.push_back(makeGroup(in.run(), std::move(key), makeSequence(in.run(), std::move(members))));
    }
    return makeSequence(in.run(), std::move(result));
}

constexpr Builtin kFilters[] = {
    {"groupby", &groupBy},
    {"map", &map},
    {"reject", &select<false, false>},
    {"rejectattr", &select<true, false>},
    {"select", &select<false, true>},
    {"selectattr", &select<true, true>},
};

}  // namespace

std::span<const Builtin> selectionFilters() {
    return kFilters;
}

}  // namespace lares::inference::jinja

// Filters over sequences and dicts as a whole.
#include "inference/template/filters.h"
#include "inference/template/operators.h"
#include "inference/template/print.h"
#include "inference/template/text_operations.h"
#include "inference/template/unicode.h"

#include <algorithm>
#include <random>

namespace lares::inference::jinja {

namespace {

Value length(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "length", arguments, {"obj"}, 1);
    return Value(static_cast<Int>(lengthOf(in.run(), given[0])));
}

Value list(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "list", arguments, {"value"}, 1);
    return makeSequence(in.run(), elementsOf(in.run(), given[0]));
}

Value first(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "first", arguments, {"seq"}, 1);
    const std::vector<Value> elements = elementsOf(in.run(), given[0]);
    return elements.empty() ? Value::missing("No first item, sequence was empty.") : elements.front();
}

Value last(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "last", arguments, {"seq"}, 1);
    if (given[0].isFlavor(Flavor::generator)) {
        in.run().fail(FailKind::type, "'generator' object is not reversible");
    }
    const std::vector<Value> elements = elementsOf(in.run(), given[0]);
    return elements.empty() ? Value::missing("No last item, sequence was empty.") : elements.back();
}

Value random(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "random", arguments, {"seq"}, 1);
    const std::vector<Value> elements = elementsOf(in.run(), given[0]);
    return elements.empty() ? Value::missing("No random item, sequence was empty.")
                            : elements[std::random_device{}() % elements.size()];
}

Value reverse(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "reverse", arguments, {"value"}, 1);
    if (given[0].isString()) {
        return applySlice(in.run(), given[0], std::nullopt, std::nullopt, -1);
    }
    std::vector<Value> elements = elementsOf(in.run(), given[0]);
    std::reverse(elements.begin(), elements.end());
    return makeSequence(in.run(), std::move(elements), Flavor::generator);
}

Value join(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "join", arguments, {"value", "d", "attribute"}, 1);
    std::vector<Text> parts;
    for (const Value& element : elementsOf(in.run(), given[0])) {
        const bool path = given.has(2) && !given[2].isNone();
        parts.push_back(toText(in.run(), path ? readPath(in, element, given[2]) : element));
    }
    Text joined = joinTexts(in.run(), parts, given.textOr(1, ""));
    return makeString(in.run(), std::move(joined));
}

Value sum(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "sum", arguments, {"iterable", "attribute", "start"}, 1);
    Value total = given.valueOr(2, Value::integer(0));
    if (total.isString()) {
        in.run().fail(FailKind::type, "sum() can't sum strings [use ''.join(seq) instead]");
    }
    for (const Value& element : elementsOf(in.run(), given[0])) {
        const bool path = given.has(1) && !given[1].isNone();
        total = applyBinary(in.run(), BinaryOperator::add, total, path ? readPath(in, element, given[1]) : element);
    }
    return total;
}

template <bool largest>
Value extreme(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "min", arguments, {"value", "case_sensitive", "attribute"}, 1);
    const bool caseSensitive = given.flagOr(1, false);
    const bool path = given.has(2) && !given[2].isNone();
    const auto keyOf = [&](const Value& element) { return path ? readPath(in, element, given[2]) : element; };
    const std::vector<Value> elements = elementsOf(in.run(), given[0]);
    const Value* best = nullptr;
    for (const Value& element : elements) {
        const bool better = best && (largest ? sortsBefore(in.run(), keyOf(*best), keyOf(element), caseSensitive)
                                             : sortsBefore(in.run(), keyOf(element), keyOf(*best), caseSensitive));
        if (!best || better) {
            best = &element;
        }
    }
    return best ? *best : Value::missing("No aggregated item, sequence was empty.");
}

/// A stable merge sort of our own: a comparison may throw, or contradict itself, without harm.
void sortBy(Run& run, std::vector<std::pair<Value, Value>>& keyed, bool caseSensitive, bool reverse) {
    if (keyed.size() < 2) {
        return;
    }
    const auto middle = keyed.begin() + static_cast<std::ptrdiff_t>(keyed.size() / 2);
    std::vector<std::pair<Value, Value>> left(keyed.begin(), middle), right(middle, keyed.end());
    sortBy(run, left, caseSensitive, reverse);
    sortBy(run, right, caseSensitive, reverse);
    std::size_t l = 0, r = 0;
    for (auto& slot : keyed) {
        run.step();
        const bool takeRight =
            l == left.size() ||
            (r < right.size() && (reverse ? sortsBefore(run, left[l].first, right[r].first, caseSensitive)
                                          : sortsBefore(run, right[r].first, left[l].first, caseSensitive)));
        slot = std::move(takeRight ? right[r++] : left[l++]);
    }
}

/// The key that sorts an element: one path, or a tuple of several separated by commas.
Value sortKey(Interpreter& in, const Value& element, const Value& attribute) {
    if (attribute.isNone()) {
        return element;
    }
    if (!attribute.isString() || attribute.bytes().find(',') == std::string::npos) {
        return readPath(in, element, attribute);
    }
    std::vector<Value> keys;
    const std::string& names = attribute.bytes();
    for (std::size_t at = 0; at <= names.size();) {
        const std::size_t comma = std::min(names.find(',', at), names.size());
        keys.push_back(readPath(in, element, Value(strip(in.run(), Text(names.substr(at, comma - at)), Side::both))));
        if (keys.back().isString()) {
            keys.back() = makeString(in.run(), toLower(keys.back().bytes()));
        }
        at = comma + 1;
    }
    return makeSequence(in.run(), std::move(keys), Flavor::tuple);
}

Value sort(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "sort", arguments, {"value", "reverse", "case_sensitive", "attribute"}, 1);
    std::vector<std::pair<Value, Value>> keyed;
    for (Value& element : elementsOf(in.run(), given[0])) {
        Value key = sortKey(in, element, given.valueOr(3, Value()));
        keyed.emplace_back(std::move(key), std::move(element));
    }
    sortBy(in.run(), keyed, given.flagOr(2, false), given.flagOr(1, false));
    std::vector<Value> sorted;
    for (auto& entry : keyed) {
        sorted.push_back(std::move(entry.second));
    }
    return makeSequence(in.run(), std::move(sorted));
}

Value dictSort(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "dictsort", arguments, {"value", "case_sensitive", "by", "reverse"}, 1);
    const std::string by = given.textOr(2, "key").bytes();
    if (!requireDefined(in.run(), given[0]).isDict()) {
        in.run().fail(FailKind::type, "dictsort needs a mapping, not " + typeName(given[0]));
    }
    if (by != "key" && by != "value") {
        in.run().fail(FailKind::value, "You can only sort by either \"key\" or \"value\"");
    }
    std::vector<std::pair<Value, Value>> keyed;
    for (const auto& [key, value] : given[0].dict().entries) {
        keyed.emplace_back(by == "key" ? key : value, makeSequence(in.run(), {key, value}, Flavor::tuple));
    }
    sortBy(in.run(), keyed, given.flagOr(1, false), given.flagOr(3, false));
    std::vector<Value> sorted;
    for (auto& entry : keyed) {
        sorted.push_back(std::move(entry.second));
    }
    return makeSequence(in.run(), std::move(sorted));
}

Value unique(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "unique", arguments, {"value", "case_sensitive", "attribute"}, 1);
    std::vector<Value> seen, kept;
    for (Value& element : elementsOf(in.run(), given[0])) {
        Value key = given.has(2) && !given[2].isNone() ? readPath(in, element, given[2]) : element;
        if (!given.flagOr(1, false) && key.isString()) {
            key = makeString(in.run(), toLower(key.bytes()));
        }
        if (std::none_of(seen.begin(), seen.end(), [&](const Value& other) { return equal(in.run(), key, other); })) {
            seen.push_back(std::move(key));
            kept.push_back(std::move(element));
        }
    }
    return makeSequence(in.run(), std::move(kept), Flavor::generator);
}

Value items(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "items", arguments, {"value"}, 1);
    std::vector<Value> pairs;
    if (given[0].isUndefined()) {
        return makeSequence(in.run(), {}, Flavor::generator);
    }
    if (!given[0].isDict()) {
        in.run().fail(FailKind::type, "Can only get item pairs from a mapping.");
    }
    for (const auto& [key, value] : given[0].dict().entries) {
        pairs.push_back(makeSequence(in.run(), {key, value}, Flavor::tuple));
    }
    return makeSequence(in.run(), std::move(pairs), Flavor::generator);
}

/// A count given to batch or slice.
std::size_t positiveCount(Interpreter& in, const Parameters& given) {
    const Int count = given.integerOr(1, 1);
    if (count < 1) {
        in.run().fail(FailKind::value, "a count must be above 0");
    }
    in.run().allocate(static_cast<std::size_t>(std::min<Int>(count, Int{1} << 50)));
    return static_cast<std::size_t>(count);
}

Value batch(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "batch", arguments, {"value", "linecount", "fill_with"}, 2);
    const std::size_t count = positiveCount(in, given);
    std::vector<Value> rows, row;
    const auto finishRow = [&] { rows.push_back(makeSequence(in.run(), std::exchange(row, {}))); };
    for (Value& element : elementsOf(in.run(), given[0])) {
        if (row.size() == count) {
            finishRow();
        }
        row.push_back(std::move(element));
    }
    if (!row.empty()) {
        while (given.has(2) && !given[2].isNone() && row.size() < count) {
            in.run().allocate(sizeof(Value));
            row.push_back(given[2]);
        }
        finishRow();
    }
    return makeSequence(in.run(), std::move(rows), Flavor::generator);
}

Value slice(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "slice", arguments, {"value", "slices", "fill_with"}, 2);
    const std::size_t count = positiveCount(in, given);
    const std::vector<Value> elements = elementsOf(in.run(), given[0]);
    const std::size_t each = elements.size() / count;
    const std::size_t longer = elements.size() % count;
    std::vector<Value> columns;
    std::size_t at = 0;
    for (std::size_t i = 0; i < count; ++i) {
        in.run().step();
        const std::size_t size = each + (i < longer ? 1 : 0);
        std::vector<Value> column(elements.begin() + static_cast<std::ptrdiff_t>(at),
                                  elements.begin() + static_cast<std::ptrdiff_t>(at + size));
        if (given.has(2) && !given[2].isNone() && i >= longer) {
            column.push_back(given[2]);
        }
        columns.push_back(makeSequence(in.run(), std::move(column)));
        at += size;
    }
    return makeSequence(in.run(), std::move(columns), Flavor::generator);
}

Value defaultTo(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "default", arguments, {"value", "default_value", "boolean"}, 1);
    const bool replace = given[0].isUndefined() || (given.flagOr(2, false) && !isTrue(given[0]));
    return replace ? given.valueOr(1, makeString(in.run(), "")) : given[0];
}

Value attributeOf(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "attr", arguments, {"obj", "name"}, 2);
    const Value name = makeString(in.run(), given.textOr(1, ""));
    if (given[0].isDict() && !findMethod(given[0], name.bytes())) {
        return Value::missing("'dict object' has no attribute '" + name.bytes() + "'");
    }
    return in.attribute(given[0], name.bytes());
}

constexpr Builtin kFilters[] = {
    {"attr", &attributeOf},  {"batch", &batch},        {"count", &length},  {"d", &defaultTo},
    {"default", &defaultTo}, {"dictsort", &dictSort},  {"first", &first},   {"items", &items},
    {"join", &join},         {"last", &last},          {"length", &length}, {"list", &list},
    {"max", &extreme<true>}, {"min", &extreme<false>}, {"random", &random}, {"reverse", &reverse},
    {"slice", &slice},       {"sort", &sort},          {"sum", &sum},       {"unique", &unique},
};

}  // namespace

std::span<const Builtin> sequenceFilters() {
    return kFilters;
}

}  // namespace lares::inference::jinja

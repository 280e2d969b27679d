#include "inference/template/value.h"

#include "inference/template/object.h"
#include "inference/template/print.h"
#include "inference/template/unicode.h"

#include <algorithm>

namespace lares::inference::jinja {

namespace {
std::shared_ptr<const String> newString(Text text) {
    auto string = std::make_shared<String>();
    string->length = countCodePoints(text.bytes());
    string->text = std::move(text);
    return string;
}

int checkedNesting(Run& run, int nesting) {
    if (nesting > kMaxNesting) {
        run.fail(FailKind::limit, "values are nested too deeply");
    }
    return nesting;
}
}  // namespace

Value::Value(Text text) : m_data(newString(std::move(text))) {}

Value Value::missing(std::string message, bool forbidden) {
    return std::make_shared<const Missing>(Missing{std::move(message), forbidden});
}

bool Value::isFlavor(Flavor flavor) const {
    return isSequence() && sequence().flavor == flavor;
}

const void* Value::identity() const {
    switch (kind()) {
        case Kind::string:
            return &string();
        case Kind::sequence:
            return &sequence();
        case Kind::dict:
            return &dict();
        case Kind::object:
            return object().get();
        default:
            return nullptr;
    }
}

int Value::nesting() const {
    switch (kind()) {
        case Kind::sequence:
            return sequence().nesting;
        case Kind::dict:
            return dict().nesting;
        case Kind::object:
            return object()->nesting();
        default:
            return 0;
    }
}

const Value* Dict::find(std::string_view key) const {
    for (const auto& [name, value] : entries) {
        if (name.isString() && name.bytes() == key) {
            return &value;
        }
    }
    return nullptr;
}

const Value* Dict::find(Run& run, const Value& key) const {
    run.step(entries.size() / 8);
    if (key.isString()) {
        return find(key.bytes());
    }
    for (const auto& [name, value] : entries) {
        if (name.kind() != Value::Kind::string && equal(run, name, key)) {
            return &value;
        }
    }
    return nullptr;
}

Value makeString(Run& run, Text text) {
    run.allowText(text.size());
    run.allocate(sizeof(String) + text.size());
    return Value(std::move(text));
}

namespace {
std::shared_ptr<Sequence> newSequence(Run& run, std::vector<Value> items, Flavor flavor) {
    run.allocate(sizeof(Sequence) + items.size() * sizeof(Value));
    auto sequence = std::make_shared<Sequence>();
    for (const Value& item : items) {
        sequence->nesting = std::max(sequence->nesting, item.nesting() + 1);
    }
    checkedNesting(run, sequence->nesting);
    sequence->flavor = flavor;
    sequence->items = std::move(items);
    return sequence;
}
}  // namespace

Value makeSequence(Run& run, std::vector<Value> items, Flavor flavor) {
    return std::shared_ptr<const Sequence>(newSequence(run, std::move(items), flavor));
}

Value makeRange(Run& run, Int start, Int stop, Int step) {
    if (step == 0) {
        run.fail(FailKind::value, "range() arg 3 must not be zero");
    }
    std::vector<Value> items;
    for (Int i = start; step > 0 ? i < stop : i > stop; i += step) {
        if (items.size() >= run.limits().rangeLength) {
            run.fail(FailKind::limit,
                     "range() is too long; at most " + std::to_string(run.limits().rangeLength) + " are allowed");
        }
        items.emplace_back(i);
    }
    auto sequence = newSequence(run, std::move(items), Flavor::range);
    sequence->label = "range(" + formatInteger(start) + ", " + formatInteger(stop) +
                      (step == 1 ? "" : ", " + formatInteger(step)) + ")";
    return std::shared_ptr<const Sequence>(std::move(sequence));
}

Value makeGroup(Run& run, Value grouper, Value members) {
    auto sequence = newSequence(run, {std::move(grouper), std::move(members)}, Flavor::tuple);
    sequence->group = true;
    return std::shared_ptr<const Sequence>(std::move(sequence));
}

Value makeDict(Run& run, std::vector<std::pair<Value, Value>> entries) {
    run.allocate(sizeof(Dict) + entries.size() * 2 * sizeof(Value));
    auto dict = std::make_shared<Dict>();
    dict->entries.reserve(entries.size());
    for (auto& [key, value] : entries) {
        if (key.isDict() || (key.isSequence() && !key.isFlavor(Flavor::tuple))) {
            run.fail(FailKind::type, "unhashable type: '" + typeName(key) + "'");
        }
        dict->nesting = std::max({dict->nesting, key.nesting() + 1, value.nesting() + 1});
        run.step(1);
        if (const Value* present = dict->find(run, key)) {
            *const_cast<Value*>(present) = std::move(value);  // of the dict under construction
        } else {
            dict->entries.emplace_back(std::move(key), std::move(value));
        }
    }
    checkedNesting(run, dict->nesting);
    return std::shared_ptr<const Dict>(std::move(dict));
}

Value fromJson(Run& run, const nlohmann::ordered_json& json, bool fromUser) {
    using Type = nlohmann::ordered_json::value_t;
    const Nesting nesting(run);
    switch (json.type()) {
        case Type::boolean:
            return json.get<bool>();
        case Type::number_integer:
            return Value(static_cast<Int>(json.get<std::int64_t>()));
        case Type::number_unsigned:
            return Value(static_cast<Int>(json.get<std::uint64_t>()));
        case Type::number_float:
            return json.get<double>();
        case Type::string:
            return makeString(run, Text(json.get<std::string>(), fromUser));
        case Type::array: {
            std::vector<Value> items;
            for (const auto& item : json) {
                items.push_back(fromJson(run, item, fromUser));
            }
            return makeSequence(run, std::move(items));
        }
        case Type::object: {
            std::vector<std::pair<Value, Value>> entries;
            for (const auto& [key, item] : json.items()) {
                entries.emplace_back(makeString(run, Text(key, fromUser)), fromJson(run, item, fromUser));
            }
            return makeDict(run, std::move(entries));
        }
        default:
            return {};
    }
}

bool isTrue(const Value& value) {
    switch (value.kind()) {
        case Value::Kind::undefined:
        case Value::Kind::none:
            return false;
        case Value::Kind::boolean:
        case Value::Kind::integer:
            return value.whole() != 0;
        case Value::Kind::real:
            return value.real() != 0;
        case Value::Kind::string:
            return !value.text().empty();
        case Value::Kind::sequence:
            return value.isFlavor(Flavor::generator) || !value.sequence().items.empty();
        case Value::Kind::dict:
            return !value.dict().entries.empty();
        case Value::Kind::object:
            return true;
    }
    return false;
}

namespace {
bool equalItems(Run& run, const std::vector<Value>& a, const std::vector<Value>& b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [&run](const Value& x, const Value& y) { return equal(run, x, y); });
}
}  // namespace

bool equal(Run& run, const Value& a, const Value& b) {
    const Nesting nesting(run);
    run.step();
    if (a.isWhole() && b.isWhole()) {
        return a.whole() == b.whole();
    }
    if (a.isNumber() && b.isNumber()) {
        return a.real() == b.real();
    }
    if (a.kind() != b.kind()) {
        return false;
    }
    switch (a.kind()) {
        case Value::Kind::undefined:
        case Value::Kind::none:
            return true;
        case Value::Kind::string:
            return a.bytes() == b.bytes();
        case Value::Kind::sequence:
            if (a.isFlavor(Flavor::generator) || a.sequence().flavor != b.sequence().flavor) {
                return a.identity() == b.identity();
            }
            return equalItems(run, a.sequence().items, b.sequence().items);
        case Value::Kind::dict: {
            const auto& entries = a.dict().entries;
            return entries.size() == b.dict().entries.size() &&
                   std::all_of(entries.begin(), entries.end(), [&](const auto& entry) {
                       const Value* other = b.dict().find(run, entry.first);
                       return other && equal(run, entry.second, *other);
                   });
        }
        default:
            return a.identity() == b.identity();
    }
}

bool lessThan(Run& run, const Value& a, const Value& b, const char* operatorName) {
    const Nesting nesting(run);
    run.step();
    if (a.isWhole() && b.isWhole()) {
        return a.whole() < b.whole();
    }
    if (a.isNumber() && b.isNumber()) {
        return a.real() < b.real();
    }
    if (a.isString() && b.isString()) {
        return a.bytes() < b.bytes();  // the byte order of UTF-8 is that of the code points
    }
    const bool ordered = a.isSequence() && b.isSequence() && a.sequence().flavor == b.sequence().flavor &&
                         (a.isFlavor(Flavor::list) || a.isFlavor(Flavor::tuple));
    if (!ordered) {
        for (const Value* value : {&a, &b}) {
            if (value->isUndefined()) {
                run.fail(FailKind::undefined, value->missing().message);
            }
        }
        run.fail(FailKind::type, std::string("'") + operatorName + "' not supported between instances of '" +
                                     typeName(a) + "' and '" + typeName(b) + "'");
    }
    const auto& left = a.sequence().items;
    const auto& right = b.sequence().items;
    for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
        if (!equal(run, left[i], right[i])) {
            return lessThan(run, left[i], right[i], operatorName);
        }
    }
    return left.size() < right.size();
}

std::string typeName(const Value& value) {
    switch (value.kind()) {
        case Value::Kind::undefined:
            return "Undefined";
        case Value::Kind::none:
            return "NoneType";
        case Value::Kind::boolean:
            return "bool";
        case Value::Kind::integer:
            return "int";
        case Value::Kind::real:
            return "float";
        case Value::Kind::string:
            return value.text().markup ? "Markup" : "str";
        case Value::Kind::dict:
            return "dict";
        case Value::Kind::object:
            return value.object()->typeName();
        case Value::Kind::sequence:
            break;
    }
    switch (value.sequence().flavor) {
        case Flavor::list:
            return "list";
        case Flavor::tuple:
            return "tuple";
        case Flavor::range:
            return "range";
        case Flavor::generator:
            return "generator";
        case Flavor::dictKeys:
            return "dict_keys";
        case Flavor::dictValues:
            return "dict_values";
        case Flavor::dictItems:
            return "dict_items";
    }
    return "object";
}

std::string describeForError(const Value& value) {
    return value.isNone() ? "None" : typeName(value) + " object";
}

std::size_t lengthOf(Run& run, const Value& value) {
    switch (value.kind()) {
        case Value::Kind::undefined:
            return 0;
        case Value::Kind::string:
            return value.string().length;
        case Value::Kind::dict:
            return value.dict().entries.size();
        case Value::Kind::sequence:
            if (!value.isFlavor(Flavor::generator)) {
                return value.sequence().items.size();
            }
            break;
        case Value::Kind::object:
            if (const auto length = value.object()->length()) {
                return *length;
            }
            break;
        default:
            break;
    }
    run.fail(FailKind::type, "object of type '" + typeName(value) + "' has no len()");
}

std::vector<Value> elementsOf(Run& run, const Value& value) {
    std::vector<Value> elements;
    switch (value.kind()) {
        case Value::Kind::undefined:
            return elements;
        case Value::Kind::sequence: {
            const Sequence& sequence = value.sequence();
            if (sequence.flavor == Flavor::generator && std::exchange(sequence.consumed, true)) {
                return elements;
            }
            run.allocate(sequence.items.size() * sizeof(Value));
            return sequence.items;
        }
        case Value::Kind::dict:
            run.allocate(value.dict().entries.size() * sizeof(Value));
            for (const auto& entry : value.dict().entries) {
                elements.push_back(entry.first);
            }
            return elements;
        case Value::Kind::string: {
            const Text& text = value.text();
            for (std::size_t at = 0; at < text.size();) {
                const std::size_t size = decodeAt(text.bytes(), at).size;
                run.allocate(sizeof(Value));
                elements.push_back(makeString(run, text.slice(at, at + size)));
                at += size;
            }
            return elements;
        }
        default:
            run.fail(FailKind::type, "'" + typeName(value) + "' object is not iterable");
    }
}

bool contains(Run& run, const Value& container, const Value& element) {
    switch (container.kind()) {
        case Value::Kind::undefined:
            return false;
        case Value::Kind::string:
            if (element.isUndefined()) {
                run.fail(FailKind::undefined, element.missing().message);
            }
            if (!element.isString()) {
                run.fail(FailKind::type, "'in <string>' requires string as left operand, not " + typeName(element));
            }
            run.search(container.text().size(), element.text().size());
            return container.bytes().find(element.bytes()) != std::string::npos;
        case Value::Kind::dict:
            if (element.isDict() || element.isFlavor(Flavor::list)) {
                run.fail(FailKind::type, "unhashable type: '" + typeName(element) + "'");
            }
            return container.dict().find(run, element) != nullptr;
        case Value::Kind::sequence: {
            const auto& items = container.sequence().items;
            return std::any_of(items.begin(), items.end(),
                               [&](const Value& item) { return equal(run, item, element); });
        }
        default:
            run.fail(FailKind::type, "argument of type '" + typeName(container) + "' is not iterable");
    }
}

}  // namespace lares::inference::jinja

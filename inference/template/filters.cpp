#include "inference/template/filters.h"

#include "inference/template/literals.h"
#include "inference/template/unicode.h"

#include <algorithm>
#include <unordered_map>

namespace lares::inference::jinja {

NativeFunction findFilter(std::string_view name) {
    static const auto kFilters = [] {
        std::unordered_map<std::string_view, NativeFunction> all;
        for (const auto& part :
             {textFilters(), markupFilters(), numberFilters(), sequenceFilters(), selectionFilters()}) {
            for (const Builtin& filter : part) {
                all[filter.name] = filter.function;
            }
        }
        return all;
    }();
    const auto found = kFilters.find(name);
    return found == kFilters.end() ? nullptr : found->second;
}

Value readPath(Interpreter& in, const Value& element, const Value& path) {
    if (!path.isString()) {
        return in.item(element, path);
    }
    Value value = element;
    const std::string& names = path.bytes();
    for (std::size_t at = 0; at <= names.size();) {
        const std::size_t dot = std::min(names.find('.', at), names.size());
        const std::string name = names.substr(at, dot - at);
        const bool index =
            !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
        const auto number = index ? parseInteger(name) : std::nullopt;
        value = in.item(value, number ? Value(*number) : Value(Text(name)));
        at = dot + 1;
    }
    return value;
}

bool sortsBefore(Run& run, const Value& a, const Value& b, bool caseSensitive) {
    if (!caseSensitive && a.isString() && b.isString()) {
        run.step(1 + (a.text().size() + b.text().size()) / 16);
        return toLower(a.bytes()) < toLower(b.bytes());
    }
    return lessThan(run, a, b);
}

}  // namespace lares::inference::jinja

#include "inference/template/builtins.h"

#include "inference/template/print.h"

#include <algorithm>

namespace lares::inference::jinja {

Parameters::Parameters(Run& run, const char* function, CallArguments& arguments,
                       std::initializer_list<const char*> names, std::size_t required)
    : m_run(run), m_values(names.size()), m_given(names.size()) {
    if (arguments.positional.size() > names.size()) {
        run.fail(FailKind::type, std::string(function) + "() takes at most " + std::to_string(names.size()) +
                                     " arguments (" + std::to_string(arguments.positional.size()) + " given)");
    }
    for (std::size_t i = 0; i < arguments.positional.size(); ++i) {
        m_values[i] = std::move(arguments.positional[i]);
        m_given[i] = true;
    }
    for (auto& [name, value] : arguments.keyword) {
        const auto* found = std::find(names.begin(), names.end(), name);
        if (found == names.end()) {
            run.fail(FailKind::type, std::string(function) + "() got an unexpected keyword argument '" + name + "'");
        }
        const auto index = static_cast<std::size_t>(found - names.begin());
        if (m_given[index]) {
            run.fail(FailKind::type, std::string(function) + "() got multiple values for argument '" + name + "'");
        }
        m_values[index] = std::move(value);
        m_given[index] = true;
    }
    for (std::size_t i = 0; i < required; ++i) {
        if (!m_given[i]) {
            run.fail(FailKind::type,
                     std::string(function) + "() missing 1 required positional argument: '" + names.begin()[i] + "'");
        }
    }
}

Int Parameters::integerOr(std::size_t index, Int fallback) const {
    if (!has(index)) {
        return fallback;
    }
    const Value& value = requireDefined(m_run, m_values[index]);
    if (!value.isWhole()) {
        m_run.fail(FailKind::type, "'" + typeName(value) + "' object cannot be interpreted as an integer");
    }
    return value.whole();
}

Text Parameters::textOr(std::size_t index, const char* fallback) const {
    return has(index) ? toText(m_run, m_values[index]) : Text(fallback);
}

const Text& Parameters::string(std::size_t index) const {
    const Value& value = requireDefined(m_run, m_values[index]);
    if (!value.isString()) {
        m_run.fail(FailKind::type, "expected str, not " + typeName(value));
    }
    return value.text();
}

const Value& requireDefined(Run& run, const Value& value) {
    if (value.isUndefined()) {
        run.fail(value.missing().forbidden ? FailKind::security : FailKind::undefined, value.missing().message);
    }
    return value;
}

}  // namespace lares::inference::jinja

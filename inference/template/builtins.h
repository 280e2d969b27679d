// What templates find around them: filters, tests, functions, and the methods of strings, lists and dicts.
#pragma once

#include "inference/template/object.h"

#include <initializer_list>
#include <string_view>

namespace lares::inference::jinja {

struct Builtin {
    const char* name;
    NativeFunction function;
};

/// The filter's function takes the filtered value as first argument; nullptr when there is no such filter.
NativeFunction findFilter(std::string_view name);
/// Tests are functions too, with a boolean result.
NativeFunction findTest(std::string_view name);

/// The built-in method of that name, receiver first. nullptr when the type has none.
const Builtin* findMethod(const Value& receiver, std::string_view name);
/// Python has such a method, but it changes its receiver, which the sandbox forbids.
bool isForbiddenMethod(const Value& receiver, std::string_view name);

/// next and reset of a cycler(); nullptr for everything else.
const Builtin* findCyclerMethod(const Value& receiver, std::string_view name);

/// The functions every template can call by name.
const std::vector<Builtin>& globalFunctions();

/// Binds call arguments to parameter names as Python does.
class Parameters {
 public:
    /// The first `required` of `names` must be given. Throws type otherwise, and for what is given too much.
    Parameters(Run& run, const char* function, CallArguments& arguments, std::initializer_list<const char*> names,
               std::size_t required);

    bool has(std::size_t index) const { return m_given[index]; }
    const Value& operator[](std::size_t index) const { return m_values[index]; }
    Value valueOr(std::size_t index, const Value& fallback) const { return has(index) ? m_values[index] : fallback; }
    /// Throws type when it is given and no integer; undefined when it is undefined.
    Int integerOr(std::size_t index, Int fallback) const;
    bool flagOr(std::size_t index, bool fallback) const { return has(index) ? isTrue(m_values[index]) : fallback; }
    /// As text, whatever it is: what str() makes of it.
    Text textOr(std::size_t index, const char* fallback) const;
    /// Throws type when it is no string.
    const Text& string(std::size_t index) const;

 private:
    Run& m_run;
    std::vector<Value> m_values;
    std::vector<bool> m_given;
};

/// Throws undefined for undefined values: what Python's Undefined does for every use but printing, looping and testing.
const Value& requireDefined(Run& run, const Value& value);

}  // namespace lares::inference::jinja

#include "inference/template/runtime_objects.h"

#include "inference/template/builtins.h"

#include <algorithm>

namespace lares::inference::jinja {

Text MacroObject::print() const {
    return m_definition->name.empty() ? Text("<Macro anonymous>") : Text("<Macro '" + m_definition->name + "'>");
}

std::optional<Value> MacroObject::attribute(Interpreter& interpreter, std::string_view name) {
    if (name == "name") {
        return Value(Text(m_definition->name));
    }
    if (name == "arguments") {
        std::vector<Value> names;
        for (const std::string& parameter : m_definition->parameters) {
            names.push_back(Value(Text(parameter)));
        }
        return makeSequence(interpreter.run(), std::move(names), Flavor::tuple);
    }
    if (name == "catch_kwargs") {
        return Value(m_definition->usesKwargs);
    }
    if (name == "catch_varargs") {
        return Value(m_definition->usesVarargs);
    }
    if (name == "caller") {
        return Value(m_definition->usesCaller);
    }
    return std::nullopt;
}

Value MacroObject::call(Interpreter& interpreter, CallArguments arguments) {
    return interpreter.callMacro(*m_definition, m_definedIn, std::move(arguments));
}

LoopObject::LoopObject(const For& loop, ScopePtr outer, std::vector<Value> items, int depth)
    : m_loop(loop), m_outer(std::move(outer)), m_items(std::move(items)), m_depth(depth) {
    for (const Value& item : m_items) {
        m_nesting = std::max(m_nesting, item.nesting() + 1);
    }
}

Text LoopObject::print() const {
    return "<LoopContext " + std::to_string(m_index + 1) + "/" + std::to_string(m_items.size()) + ">";
}

namespace {

LoopObject& loopOf(const CallArguments& arguments) {
    return static_cast<LoopObject&>(*arguments.positional.front().object());
}

Value loopCycle(Interpreter& interpreter, CallArguments& arguments) {
    return loopOf(arguments).cycle(interpreter, arguments);
}

Value loopChanged(Interpreter& interpreter, CallArguments& arguments) {
    return loopOf(arguments).changed(interpreter, {arguments.positional.begin() + 1, arguments.positional.end()});
}

}  // namespace

std::optional<Value> LoopObject::attribute(Interpreter&, std::string_view name) {
    const std::size_t length = m_items.size();
    const auto number = [](std::size_t value) { return Value(static_cast<Int>(value)); };
    if (name == "index0") {
        return number(m_index);
    }
    if (name == "index") {
        return number(m_index + 1);
    }
    if (name == "revindex0") {
        return number(length - m_index - 1);
    }
    if (name == "revindex") {
        return number(length - m_index);
    }
    if (name == "first") {
        return Value(m_index == 0);
    }
    if (name == "last") {
        return Value(m_index + 1 == length);
    }
    if (name == "length") {
        return number(length);
    }
    if (name == "depth" || name == "depth0") {
        return Value::integer(name == "depth" ? m_depth + 1 : m_depth);
    }
    if (name == "previtem") {
        return m_index > 0 ? m_items[m_index - 1] : Value::missing("there is no previous item");
    }
    if (name == "nextitem") {
        return m_index + 1 < length ? m_items[m_index + 1] : Value::missing("there is no next item");
    }
    return std::nullopt;
}

Value LoopObject::cycle(Interpreter& interpreter, const CallArguments& arguments) const {
    const std::size_t count = arguments.positional.size() - 1;  // the first is the loop itself
    if (count == 0) {
        interpreter.run().fail(FailKind::type, "no items for cycling given");
    }
    return arguments.positional[1 + m_index % count];
}

bool LoopObject::changed(Interpreter& interpreter, std::vector<Value> values) {
    Run& run = interpreter.run();
    const bool same =
        m_lastValues && std::equal(values.begin(), values.end(), m_lastValues->begin(), m_lastValues->end(),
                                   [&run](const Value& a, const Value& b) { return equal(run, a, b); });
    for (const Value& value : values) {
        m_nesting = std::max(m_nesting, value.nesting() + 1);
    }
    if (m_nesting > kMaxNesting) {
        run.fail(FailKind::limit, "values are nested too deeply");
    }
    m_lastValues = std::move(values);
    return !same;
}

Value LoopObject::call(Interpreter& interpreter, CallArguments arguments) {
    if (!m_loop.recursive) {
        interpreter.run().fail(FailKind::type, "The loop must have the 'recursive' marker to be called recursively.");
    }
    const Parameters given(interpreter.run(), "loop", arguments, {"iterable"}, 1);
    Text out;
    interpreter.runLoop(m_loop, m_outer, given[0], m_depth + 1, out);
    return makeString(interpreter.run(), std::move(out));
}

const Builtin* findLoopMethod(std::string_view name) {
    static constexpr Builtin kMethods[] = {{"cycle", &loopCycle}, {"changed", &loopChanged}};
    const auto* found =
        std::find_if(std::begin(kMethods), std::end(kMethods), [name](const Builtin& m) { return m.name == name; });
    return found == std::end(kMethods) ? nullptr : found;
}

}  // namespace lares::inference::jinja

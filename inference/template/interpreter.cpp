#include "inference/template/interpreter.h"

#include "inference/template/builtins.h"
#include "inference/template/print.h"
#include "inference/template/runtime_objects.h"

#include <algorithm>

namespace lares::inference::jinja {

const Value* Scope::find(std::string_view name) const {
    for (const Scope* scope = this; scope; scope = scope->parent.get()) {
        if (const auto found = scope->values.find(name); found != scope->values.end()) {
            return &found->second;
        }
    }
    return nullptr;
}

namespace {

/// Messages, with their roles unmarked: those the program chooses, and templates build control tokens from them.
Value messagesFromJson(Run& run, const nlohmann::ordered_json& json) {
    if (!json.is_array()) {
        return fromJson(run, json, true);
    }
    std::vector<Value> messages;
    for (const auto& message : json) {
        if (!message.is_object()) {
            messages.push_back(fromJson(run, message, true));
            continue;
        }
        std::vector<std::pair<Value, Value>> entries;
        for (const auto& [key, value] : message.items()) {
            entries.emplace_back(makeString(run, key), fromJson(run, value, key != "role"));
        }
        messages.push_back(makeDict(run, std::move(entries)));
    }
    return makeSequence(run, std::move(messages));
}

}  // namespace

Interpreter::Interpreter(const RenderOptions& options, const nlohmann::ordered_json& context)
    : m_run(options.limits), m_now(options.now), m_global(std::make_shared<Scope>()) {
    for (const Builtin& function : globalFunctions()) {
        m_global->values[function.name] =
            Value(std::shared_ptr<Object>(std::make_shared<FunctionObject>(function.name, function.function)));
    }
    m_global->values["tools"] = {};
    m_global->values["documents"] = {};
    if (!context.is_object()) {
        m_run.fail(FailKind::type, "the context of a chat template must be an object");
    }
    for (const auto& [key, value] : context.items()) {
        const bool fromUser = key == "tools" || key == "documents";
        m_global->values[key] = key == "messages" ? messagesFromJson(m_run, value) : fromJson(m_run, value, fromUser);
    }
}

Interpreter::~Interpreter() {
    // One by one, while all of them are still held here: nothing is freed through a long chain of others.
    for (const auto& space : m_namespaces) {
        space->values.clear();
    }
    for (const ScopePtr& scope : m_keptScopes) {
        scope->values.clear();
    }
}

Text Interpreter::render(const Body& body) {
    Text out;
    execute(body, newScope(m_global), out);
    return out;
}

const std::tm& Interpreter::now() {
    if (!m_now) {
        const std::time_t clock = std::time(nullptr);
        std::tm local{};
        localtime_r(&clock, &local);
        m_now = local;
    }
    return *m_now;
}

ScopePtr Interpreter::newScope(const ScopePtr& parent) {
    m_run.allocate(sizeof(Scope));
    auto scope = std::make_shared<Scope>();
    scope->parent = parent;
    return scope;
}

ScopePtr Interpreter::keepScope(const ScopePtr& scope) {
    if (m_keptScopes.empty() || m_keptScopes.back() != scope) {
        m_run.allocate(sizeof(ScopePtr));
        m_keptScopes.push_back(scope);
    }
    return scope;
}

Value Interpreter::makeNamespace(std::map<std::string, Value, std::less<>> values) {
    m_run.allocate(sizeof(NamespaceObject));
    auto space = std::make_shared<NamespaceObject>();
    space->values = std::move(values);
    m_namespaces.push_back(space);
    return Value(std::shared_ptr<Object>(std::move(space)));
}

void Interpreter::write(const Text& text, Text& out) {
    m_run.allowText(out.size() + text.size());
    m_run.allocate(text.size());
    out.append(text);
}

Interpreter::Flow Interpreter::execute(const Body& body, const ScopePtr& scope, Text& out) {
    for (const Statement& statement : body) {
        if (const Flow flow = execute(statement, scope, out); flow != Flow::normal) {
            return flow;
        }
    }
    return Flow::normal;
}

Interpreter::Flow Interpreter::execute(const Statement& statement, const ScopePtr& scope, Text& out) {
    const Nesting nesting(m_run);
    m_run.step();
    m_run.line = statement.line;
    return std::visit([&](const auto& node) { return execute(node, scope, out); }, statement.node);
}

Interpreter::Flow Interpreter::execute(const Output& node, const ScopePtr& scope, Text& out) {
    for (const ExpressionPtr& expression : node.expressions) {
        write(toText(m_run, evaluate(*expression, scope)), out);
    }
    return Flow::normal;
}

Interpreter::Flow Interpreter::execute(const PlainText& node, const ScopePtr&, Text& out) {
    write(node.text.text(), out);
    return Flow::normal;
}

Interpreter::Flow Interpreter::execute(const If& node, const ScopePtr& scope, Text& out) {
    for (const auto& [condition, body] : node.branches) {
        if (!condition || isTrue(evaluate(*condition, scope))) {
            return execute(body, scope, out);
        }
    }
    return Flow::normal;
}

Interpreter::Flow Interpreter::execute(const For& node, const ScopePtr& scope, Text& out) {
    runLoop(node, scope, evaluate(*node.iterable, scope), 0, out);
    return Flow::normal;
}

std::vector<Value> Interpreter::filteredElements(const For& loop, const ScopePtr& outer, const Value& iterable) {
    std::vector<Value> elements = elementsOf(m_run, iterable);
    if (!loop.filter) {
        return elements;
    }
    std::vector<Value> kept;
    for (Value& element : elements) {
        const ScopePtr scope = newScope(outer);
        assign(loop.target, element, scope);
        if (isTrue(evaluate(*loop.filter, scope))) {
            kept.push_back(std::move(element));
        }
    }
    return kept;
}

void Interpreter::runLoop(const For& loop, const ScopePtr& outer, const Value& iterable, int depth, Text& out) {
    const Nesting nesting(m_run);
    std::vector<Value> elements = filteredElements(loop, outer, iterable);
    if (elements.empty()) {
        execute(loop.otherwise, newScope(outer), out);
        return;
    }
    const auto object =
        std::make_shared<LoopObject>(loop, loop.recursive ? keepScope(outer) : nullptr, std::move(elements), depth);
    for (std::size_t i = 0; i < object->items().size(); ++i) {
        m_run.step();
        object->moveTo(i);
        const ScopePtr scope = newScope(outer);
        scope->values["loop"] = Value(std::shared_ptr<Object>(object));
        assign(loop.target, object->items()[i], scope);
        if (execute(loop.body, scope, out) == Flow::leave) {
            break;
        }
    }
}

Interpreter::Flow Interpreter::execute(const Set& node, const ScopePtr& scope, Text&) {
    assign(node.target, evaluate(*node.value, scope), scope);
    return Flow::normal;
}

void Interpreter::assign(const Target& target, Value value, const ScopePtr& scope) {
    if (target.tuple) {
        std::vector<Value> parts = elementsOf(m_run, value);
        if (parts.size() != target.parts.size()) {
            const std::string expected = std::to_string(target.parts.size());
            m_run.fail(FailKind::value, parts.size() > target.parts.size()
                                            ? "too many values to unpack (expected " + expected + ")"
                                            : "not enough values to unpack (expected " + expected + ", got " +
                                                  std::to_string(parts.size()) + ")");
        }
        for (std::size_t i = 0; i < parts.size(); ++i) {
            assign(target.parts[i], std::move(parts[i]), scope);
        }
    } else if (target.attribute.empty()) {
        m_run.allocate(sizeof(Value) + target.name.size());
        scope->values[target.name] = std::move(value);
    } else {
        const Value* object = scope->find(target.name);
        auto* space = object && object->isObject() ? dynamic_cast<NamespaceObject*>(object->object().get()) : nullptr;
        if (!space) {
            m_run.fail(FailKind::type, "cannot assign attribute on non-namespace object");
        }
        m_run.allocate(sizeof(Value) + target.attribute.size());
        space->values[target.attribute] = std::move(value);
    }
}

Value Interpreter::applyFilters(const Expression* filters, Text text, const ScopePtr& scope) {
    const Value value = makeString(m_run, std::move(text));
    if (!filters) {
        return value;
    }
    const Value* before = std::exchange(m_blockText, &value);
    Value result = evaluate(*filters, scope);
    m_blockText = before;
    return result;
}

Interpreter::Flow Interpreter::execute(const SetBlock& node, const ScopePtr& scope, Text&) {
    Text text;
    execute(node.body, newScope(scope), text);
    assign(node.target, applyFilters(node.filters.get(), std::move(text), scope), scope);
    return Flow::normal;
}

Interpreter::Flow Interpreter::execute(const Macro& node, const ScopePtr& scope, Text&) {
    scope->values[node.definition->name] =
        Value(std::shared_ptr<Object>(std::make_shared<MacroObject>(node.definition, keepScope(scope))));
    return Flow::normal;
}

Interpreter::Flow Interpreter::execute(const CallBlock& node, const ScopePtr& scope, Text& out) {
    const auto& call = std::get<Call>(node.call->node);
    const Value callee = evaluate(*call.callee, scope);
    CallArguments arguments = evaluateArguments(call.arguments, scope);
    arguments.keyword.emplace_back(
        "caller", Value(std::shared_ptr<Object>(std::make_shared<MacroObject>(node.caller, keepScope(scope)))));
    write(toText(m_run, this->call(callee, std::move(arguments))), out);
    return Flow::normal;
}

Interpreter::Flow Interpreter::execute(const FilterBlock& node, const ScopePtr& scope, Text& out) {
    Text text;
    execute(node.body, newScope(scope), text);
    write(toText(m_run, applyFilters(node.filters.get(), std::move(text), scope)), out);
    return Flow::normal;
}

Interpreter::Flow Interpreter::execute(const Scoped& node, const ScopePtr& scope, Text& out) {
    const ScopePtr inner = newScope(scope);
    for (const auto& [target, value] : node.assignments) {
        assign(target, evaluate(*value, scope), inner);
    }
    execute(node.body, inner, out);
    return Flow::normal;
}

Interpreter::Flow Interpreter::execute(const Break&, const ScopePtr&, Text&) {
    return Flow::leave;
}

Interpreter::Flow Interpreter::execute(const Continue&, const ScopePtr&, Text&) {
    return Flow::next;
}

Value Interpreter::callMacro(const MacroDefinition& macro, const ScopePtr& definedIn, CallArguments arguments) {
    const Nesting nesting(m_run);
    const ScopePtr scope = newScope(definedIn);
    const std::size_t count = macro.parameters.size();
    const std::size_t firstDefault = count - macro.defaults.size();
    for (std::size_t i = 0; i < count; ++i) {
        const std::string& name = macro.parameters[i];
        const auto keyword = std::find_if(arguments.keyword.begin(), arguments.keyword.end(),
                                          [&name](const auto& given) { return given.first == name; });
        if (i < arguments.positional.size()) {
            scope->values[name] = arguments.positional[i];
        } else if (keyword != arguments.keyword.end()) {
            scope->values[name] = std::move(keyword->second);
            arguments.keyword.erase(keyword);
        } else if (i >= firstDefault) {
            scope->values[name] = evaluate(*macro.defaults[i - firstDefault], scope);
        } else {
            scope->values[name] = Value::missing("parameter '" + name + "' was not provided");
        }
    }
    bindRest(macro, *scope, arguments);
    Text out;
    execute(macro.body, scope, out);
    return makeString(m_run, std::move(out));
}

/// What a call gives beyond the macro's parameters: to varargs, kwargs and caller where the macro uses them.
void Interpreter::bindRest(const MacroDefinition& macro, Scope& scope, CallArguments& arguments) {
    const std::size_t count = macro.parameters.size();
    const auto caller = std::find_if(arguments.keyword.begin(), arguments.keyword.end(),
                                     [](const auto& given) { return given.first == "caller"; });
    if (macro.usesCaller && !scope.values.contains("caller")) {
        const bool given = caller != arguments.keyword.end();
        scope.values["caller"] = given ? caller->second : Value::missing("No caller defined");
        if (given) {
            arguments.keyword.erase(caller);
        }
    }
    if (macro.usesKwargs) {
        std::vector<std::pair<Value, Value>> rest;
        for (auto& [name, value] : arguments.keyword) {
            rest.emplace_back(makeString(m_run, name), std::move(value));
        }
        scope.values["kwargs"] = makeDict(m_run, std::move(rest));
    } else if (!arguments.keyword.empty()) {
        m_run.fail(FailKind::type,
                   "macro '" + macro.name + "' takes no keyword argument '" + arguments.keyword.front().first + "'");
    }
    std::vector<Value> surplus;
    if (arguments.positional.size() > count) {
        surplus.assign(arguments.positional.begin() + static_cast<std::ptrdiff_t>(count), arguments.positional.end());
    }
    if (macro.usesVarargs) {
        scope.values["varargs"] = makeSequence(m_run, std::move(surplus), Flavor::tuple);
    } else if (!surplus.empty()) {
        m_run.fail(FailKind::type,
                   "macro '" + macro.name + "' takes not more than " + std::to_string(count) + " argument(s)");
    }
}

}  // namespace lares::inference::jinja

// Expressions: the part of the interpreter that makes values.
#include "inference/template/builtins.h"
#include "inference/template/interpreter.h"
#include "inference/template/operators.h"
#include "inference/template/print.h"
#include "inference/template/runtime_objects.h"
#include "inference/template/unicode.h"

#include <algorithm>

namespace lares::inference::jinja {

Value Interpreter::evaluate(const Expression& expression, const ScopePtr& scope) {
    const Nesting nesting(m_run);
    m_run.step();
    m_run.line = expression.line;
    return std::visit([&](const auto& node) { return evaluate(node, scope); }, expression.node);
}

Value Interpreter::evaluate(const Literal& node, const ScopePtr&) {
    return node.value;
}

Value Interpreter::evaluate(const NameUse& node, const ScopePtr& scope) {
    const Value* value = scope->find(node.name);
    return value ? *value : Value::missing("'" + node.name + "' is undefined");
}

Value Interpreter::evaluate(const ListLiteral& node, const ScopePtr& scope) {
    std::vector<Value> items;
    for (const ExpressionPtr& item : node.items) {
        items.push_back(evaluate(*item, scope));
    }
    return makeSequence(m_run, std::move(items), node.tuple ? Flavor::tuple : Flavor::list);
}

Value Interpreter::evaluate(const DictLiteral& node, const ScopePtr& scope) {
    std::vector<std::pair<Value, Value>> entries;
    for (const auto& [key, value] : node.entries) {
        Value name = evaluate(*key, scope);
        entries.emplace_back(std::move(name), evaluate(*value, scope));
    }
    return makeDict(m_run, std::move(entries));
}

Value Interpreter::evaluate(const Unary& node, const ScopePtr& scope) {
    return applyUnary(m_run, node.op, evaluate(*node.operand, scope));
}

Value Interpreter::evaluate(const Binary& node, const ScopePtr& scope) {
    const Value left = evaluate(*node.left, scope);
    return applyBinary(m_run, node.op, left, evaluate(*node.right, scope));
}

Value Interpreter::evaluate(const Compare& node, const ScopePtr& scope) {
    Value left = evaluate(*node.first, scope);
    for (const auto& [comparison, operand] : node.rest) {
        Value right = evaluate(*operand, scope);
        if (!applyComparison(m_run, comparison, left, right)) {
            return false;
        }
        left = std::move(right);
    }
    return true;
}

Value Interpreter::evaluate(const Concat& node, const ScopePtr& scope) {
    Text text;
    for (const ExpressionPtr& part : node.parts) {
        write(toText(m_run, evaluate(*part, scope)), text);
    }
    return makeString(m_run, std::move(text));
}

Value Interpreter::evaluate(const Logical& node, const ScopePtr& scope) {
    Value left = evaluate(*node.left, scope);
    return isTrue(left) == node.isAnd ? evaluate(*node.right, scope) : left;
}

Value Interpreter::evaluate(const Conditional& node, const ScopePtr& scope) {
    if (isTrue(evaluate(*node.condition, scope))) {
        return evaluate(*node.then, scope);
    }
    return node.otherwise
               ? evaluate(*node.otherwise, scope)
               : Value::missing("the inline if-expression evaluated to false and no else section was defined");
}

Value Interpreter::evaluate(const AttributeAccess& node, const ScopePtr& scope) {
    return attribute(evaluate(*node.object, scope), node.name);
}

Value Interpreter::evaluate(const ItemAccess& node, const ScopePtr& scope) {
    const Value object = evaluate(*node.object, scope);
    return item(object, evaluate(*node.index, scope));
}

Value Interpreter::evaluate(const Slice& node, const ScopePtr& scope) {
    const Value object = evaluate(*node.object, scope);
    const auto bound = [&](const ExpressionPtr& expression) -> std::optional<Int> {
        const Value value = expression ? evaluate(*expression, scope) : Value();
        if (value.isNone()) {
            return std::nullopt;
        }
        if (!value.isWhole()) {
            m_run.fail(FailKind::type, "slice indices must be integers or None or have an __index__ method");
        }
        return value.whole();
    };
    const auto start = bound(node.start);
    const auto stop = bound(node.stop);
    return applySlice(m_run, object, start, stop, bound(node.step));
}

Value Interpreter::evaluate(const Call& node, const ScopePtr& scope) {
    const Value callee = evaluate(*node.callee, scope);
    CallArguments arguments = evaluateArguments(node.arguments, scope);
    return call(callee, std::move(arguments));
}

Value Interpreter::evaluate(const FilterUse& node, const ScopePtr& scope) {
    CallArguments arguments;
    arguments.positional.push_back(node.operand ? evaluate(*node.operand, scope) : *m_blockText);
    CallArguments given = evaluateArguments(node.arguments, scope);
    std::move(given.positional.begin(), given.positional.end(), std::back_inserter(arguments.positional));
    arguments.keyword = std::move(given.keyword);
    return applyFilter(node.name, std::move(arguments));
}

Value Interpreter::evaluate(const TestUse& node, const ScopePtr& scope) {
    CallArguments arguments;
    arguments.positional.push_back(evaluate(*node.operand, scope));
    CallArguments given = evaluateArguments(node.arguments, scope);
    std::move(given.positional.begin(), given.positional.end(), std::back_inserter(arguments.positional));
    arguments.keyword = std::move(given.keyword);
    return applyTest(node.name, std::move(arguments)) != node.negated;
}

CallArguments Interpreter::evaluateArguments(const Arguments& arguments, const ScopePtr& scope) {
    CallArguments result;
    for (const ExpressionPtr& positional : arguments.positional) {
        result.positional.push_back(evaluate(*positional, scope));
    }
    for (const auto& [name, value] : arguments.keyword) {
        result.keyword.emplace_back(name, evaluate(*value, scope));
    }
    if (arguments.star) {
        for (Value& value : elementsOf(m_run, evaluate(*arguments.star, scope))) {
            result.positional.push_back(std::move(value));
        }
    }
    if (arguments.doubleStar) {
        const Value mapping = evaluate(*arguments.doubleStar, scope);
        if (!mapping.isDict()) {
            m_run.fail(FailKind::type, "argument after ** must be a mapping, not " + typeName(mapping));
        }
        for (const auto& [key, value] : mapping.dict().entries) {
            if (!key.isString()) {
                m_run.fail(FailKind::type, "keywords must be strings");
            }
            result.keyword.emplace_back(key.bytes(), value);
        }
    }
    return result;
}

Value Interpreter::call(const Value& callee, CallArguments arguments) {
    const Nesting nesting(m_run);
    requireDefined(m_run, callee);
    if (!callee.isObject() || !callee.object()->callable()) {
        m_run.fail(FailKind::type, "'" + typeName(callee) + "' object is not callable");
    }
    return callee.object()->call(*this, std::move(arguments));
}

namespace {

/// A built-in may walk through every text that it is given; counted before it starts.
void chargeTexts(Run& run, const CallArguments& arguments) {
    for (const Value& value : arguments.positional) {
        run.step(value.isString() ? value.text().size() / 16 : 0);
    }
}

}  // namespace

Value MethodObject::call(Interpreter& interpreter, CallArguments arguments) {
    arguments.positional.insert(arguments.positional.begin(), m_self);
    chargeTexts(interpreter.run(), arguments);
    return m_function(interpreter, arguments);
}

Value Interpreter::applyFilter(std::string_view name, CallArguments arguments) {
    const NativeFunction filter = findFilter(name);
    if (!filter) {
        m_run.fail(FailKind::undefined, "No filter named '" + std::string(name) + "' found.");
    }
    chargeTexts(m_run, arguments);
    return filter(*this, arguments);
}

bool Interpreter::applyTest(std::string_view name, CallArguments arguments) {
    const NativeFunction test = findTest(name);
    if (!test) {
        m_run.fail(FailKind::undefined, "No test named '" + std::string(name) + "' found.");
    }
    chargeTexts(m_run, arguments);
    return isTrue(test(*this, arguments));
}

namespace {

/// For messages: what a template asks for may be of any length.
std::string shortened(const std::string& name) {
    return name.size() <= 100 ? name : name.substr(0, byteOffset(name, 25)) + "...";
}

Value missingAttribute(const Value& object, const std::string& name) {
    return Value::missing("'" + describeForError(object) + "' has no attribute '" + shortened(name) + "'");
}

Value makeMethod(const Value& object, const Builtin& method) {
    return Value(std::shared_ptr<Object>(std::make_shared<MethodObject>(object, method.name, method.function)));
}

}  // namespace

/// The method of that name; a value that fails when used, where there is none or the sandbox hides it.
Value Interpreter::methodOrMissing(const Value& object, const std::string& name) {
    if (const Builtin* method = findMethod(object, name)) {
        m_run.allocate(sizeof(MethodObject));
        return makeMethod(object, *method);
    }
    if (isForbiddenMethod(object, name) || name.starts_with("__")) {
        return Value::missing(
            "access to attribute '" + shortened(name) + "' of '" + typeName(object) + "' object is unsafe.", true);
    }
    return missingAttribute(object, name);
}

Value Interpreter::attribute(const Value& object, const std::string& name) {
    requireDefined(m_run, object);
    if (object.isObject()) {
        if (const Builtin* method = dynamic_cast<LoopObject*>(object.object().get()) ? findLoopMethod(name) : nullptr) {
            return makeMethod(object, *method);
        }
        if (auto value = object.object()->attribute(*this, name)) {
            return *value;
        }
        return methodOrMissing(object, name);
    }
    if (object.isSequence() && object.sequence().group && (name == "grouper" || name == "list")) {
        return object.sequence().items[name == "grouper" ? 0 : 1];
    }
    if (object.isDict() && !findMethod(object, name)) {
        m_run.step(object.dict().entries.size() / 8);
        if (const Value* value = object.dict().find(name); value && !isForbiddenMethod(object, name)) {
            return *value;
        }
    }
    return methodOrMissing(object, name);
}

Value Interpreter::item(const Value& object, const Value& key) {
    requireDefined(m_run, object);
    if (object.isDict()) {
        const bool hashable = !key.isDict() && !key.isFlavor(Flavor::list);
        if (const Value* value = hashable ? object.dict().find(m_run, key) : nullptr) {
            return *value;
        }
    } else if (key.isWhole() && (object.isString() || object.isSequence()) && !object.isFlavor(Flavor::generator)) {
        const auto length = static_cast<Int>(lengthOf(m_run, object));
        const Int index = key.whole() < 0 ? key.whole() + length : key.whole();
        if (index >= 0 && index < length) {
            const auto at = static_cast<std::size_t>(index);
            return object.isString() ? applySlice(m_run, object, index, index + 1, std::nullopt)
                                     : object.sequence().items[at];
        }
    }
    if (!key.isString()) {
        return Value::missing(describeForError(object) + " has no element " + reprText(m_run, key).bytes());
    }
    if (object.isObject()) {
        return attribute(object, key.bytes());
    }
    return methodOrMissing(object, key.bytes());
}

}  // namespace lares::inference::jinja

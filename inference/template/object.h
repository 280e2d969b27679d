// Values with behaviour: macros, functions, bound methods, the loop variable, namespaces.
#pragma once

#include "inference/template/value.h"

#include <map>
#include <optional>

namespace lares::inference::jinja {

class Interpreter;

struct CallArguments {
    std::vector<Value> positional;
    std::vector<std::pair<std::string, Value>> keyword;
};

class Object {
 public:
    virtual ~Object() = default;
    virtual std::string typeName() const = 0;
    virtual Text print() const = 0;
    virtual std::optional<Value> attribute(Interpreter& interpreter, std::string_view name) = 0;
    virtual bool callable() const { return true; }
    virtual Value call(Interpreter& interpreter, CallArguments arguments) = 0;
    virtual int nesting() const { return 0; }
    virtual std::optional<std::size_t> length() const { return std::nullopt; }
};

using NativeFunction = Value (*)(Interpreter&, CallArguments&);

/// A function of the environment: range, namespace, raise_exception, ...
class FunctionObject : public Object {
 public:
    FunctionObject(const char* name, NativeFunction function) : m_name(name), m_function(function) {}
    std::string typeName() const override { return "function"; }
    Text print() const override { return "<function " + std::string(m_name) + ">"; }
    std::optional<Value> attribute(Interpreter&, std::string_view) override { return std::nullopt; }
    Value call(Interpreter& interpreter, CallArguments arguments) override {
        return m_function(interpreter, arguments);
    }

 private:
    const char* m_name;
    NativeFunction m_function;
};

/// `text.strip`, `mapping.items`: called with the receiver as first argument.
class MethodObject : public Object {
 public:
    MethodObject(Value self, const char* name, NativeFunction function)
        : m_self(std::move(self)), m_name(name), m_function(function) {}
    std::string typeName() const override { return "builtin_function_or_method"; }
    Text print() const override { return "<built-in method " + std::string(m_name) + ">"; }
    std::optional<Value> attribute(Interpreter&, std::string_view) override { return std::nullopt; }
    Value call(Interpreter& interpreter, CallArguments arguments) override;
    int nesting() const override { return m_self.nesting() + 1; }

 private:
    Value m_self;
    const char* m_name;
    NativeFunction m_function;
};

/// namespace(): the one thing a template can change. The interpreter keeps all of them and empties them at the end, so
/// that namespaces which hold each other do not leak.
class NamespaceObject : public Object {
 public:
    std::map<std::string, Value, std::less<>> values;

    std::string typeName() const override { return "Namespace"; }
    Text print() const override { return "<Namespace>"; }
    std::optional<Value> attribute(Interpreter&, std::string_view name) override {
        const auto found = values.find(name);
        return found == values.end() ? std::nullopt : std::optional<Value>(found->second);
    }
    bool callable() const override { return false; }
    Value call(Interpreter& interpreter, CallArguments arguments) override;
};

}  // namespace lares::inference::jinja

// The objects that the interpreter itself makes: macros and the loop variable.
#pragma once

#include "inference/template/interpreter.h"

namespace lares::inference::jinja {

/// cycle and changed; nullptr for other names.
const struct Builtin* findLoopMethod(std::string_view name);

class MacroObject : public Object {
 public:
    MacroObject(std::shared_ptr<const MacroDefinition> definition, ScopePtr definedIn)
        : m_definition(std::move(definition)), m_definedIn(std::move(definedIn)) {}

    std::string typeName() const override { return "Macro"; }
    Text print() const override;
    std::optional<Value> attribute(Interpreter& interpreter, std::string_view name) override;
    Value call(Interpreter& interpreter, CallArguments arguments) override;

 private:
    std::shared_ptr<const MacroDefinition> m_definition;
    ScopePtr m_definedIn;
};

/// `loop` inside a for: where it is, its neighbours, and, in a recursive loop, the loop itself as a function.
class LoopObject : public Object {
 public:
    /// `loop` outlives the rendering; `outer` is null unless the loop is recursive.
    LoopObject(const For& loop, ScopePtr outer, std::vector<Value> items, int depth);

    const std::vector<Value>& items() const { return m_items; }
    void moveTo(std::size_t index) { m_index = index; }

    std::string typeName() const override { return "LoopContext"; }
    Text print() const override;
    std::optional<Value> attribute(Interpreter& interpreter, std::string_view name) override;
    Value call(Interpreter& interpreter, CallArguments arguments) override;
    int nesting() const override { return m_nesting; }
    std::optional<std::size_t> length() const override { return m_items.size(); }

    Value cycle(Interpreter& interpreter, const CallArguments& arguments) const;
    bool changed(Interpreter& interpreter, std::vector<Value> values);

 private:
    const For& m_loop;
    ScopePtr m_outer;
    std::vector<Value> m_items;
    std::size_t m_index = 0;
    int m_depth = 0;
    int m_nesting = 1;
    std::optional<std::vector<Value>> m_lastValues;  ///< of changed()
};

}  // namespace lares::inference::jinja

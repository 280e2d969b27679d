// Walks a parsed template with a context and writes the text. One interpreter renders once.
#pragma once

#include "inference/template/ast.h"
#include "inference/template/chat_template.h"
#include "inference/template/object.h"

#include <ctime>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace lares::inference::jinja {

/// Names and their values; what is not here may be in the parent. Macros keep the scope they were made in.
struct Scope {
    std::shared_ptr<Scope> parent;
    std::map<std::string, Value, std::less<>> values;

    const Value* find(std::string_view name) const;
};
using ScopePtr = std::shared_ptr<Scope>;

class Interpreter {
 public:
    Interpreter(const RenderOptions& options, const nlohmann::ordered_json& context);
    ~Interpreter();
    Interpreter(const Interpreter&) = delete;
    Interpreter& operator=(const Interpreter&) = delete;

    Text render(const Body& body);

    // For built-ins and objects.
    Run& run() { return m_run; }
    const std::tm& now();
    Value call(const Value& callee, CallArguments arguments);
    Value applyFilter(std::string_view name, CallArguments arguments);
    bool applyTest(std::string_view name, CallArguments arguments);
    Value attribute(const Value& object, const std::string& name);  ///< object.name
    Value item(const Value& object, const Value& key);              ///< object[key]
    Value callMacro(const MacroDefinition& macro, const ScopePtr& definedIn, CallArguments arguments);
    Value makeNamespace(std::map<std::string, Value, std::less<>> values);
    void runLoop(const For& loop, const ScopePtr& outer, const Value& iterable, int depth, Text& out);

 private:
    enum class Flow { normal, leave, next };

    Flow execute(const Body& body, const ScopePtr& scope, Text& out);
    Flow execute(const Statement& statement, const ScopePtr& scope, Text& out);
    Flow execute(const Output& node, const ScopePtr& scope, Text& out);
    Flow execute(const PlainText& node, const ScopePtr& scope, Text& out);
    Flow execute(const If& node, const ScopePtr& scope, Text& out);
    Flow execute(const For& node, const ScopePtr& scope, Text& out);
    Flow execute(const Set& node, const ScopePtr& scope, Text& out);
    Flow execute(const SetBlock& node, const ScopePtr& scope, Text& out);
    Flow execute(const Macro& node, const ScopePtr& scope, Text& out);
    Flow execute(const CallBlock& node, const ScopePtr& scope, Text& out);
    Flow execute(const FilterBlock& node, const ScopePtr& scope, Text& out);
    Flow execute(const Scoped& node, const ScopePtr& scope, Text& out);
    Flow execute(const Break& node, const ScopePtr& scope, Text& out);
    Flow execute(const Continue& node, const ScopePtr& scope, Text& out);

    Value evaluate(const Expression& expression, const ScopePtr& scope);
    Value evaluate(const Literal& node, const ScopePtr& scope);
    Value evaluate(const NameUse& node, const ScopePtr& scope);
    Value evaluate(const ListLiteral& node, const ScopePtr& scope);
    Value evaluate(const DictLiteral& node, const ScopePtr& scope);
    Value evaluate(const Unary& node, const ScopePtr& scope);
    Value evaluate(const Binary& node, const ScopePtr& scope);
    Value evaluate(const Compare& node, const ScopePtr& scope);
    Value evaluate(const Concat& node, const ScopePtr& scope);
    Value evaluate(const Logical& node, const ScopePtr& scope);
    Value evaluate(const Conditional& node, const ScopePtr& scope);
    Value evaluate(const AttributeAccess& node, const ScopePtr& scope);
    Value evaluate(const ItemAccess& node, const ScopePtr& scope);
    Value evaluate(const Slice& node, const ScopePtr& scope);
    Value evaluate(const Call& node, const ScopePtr& scope);
    Value evaluate(const FilterUse& node, const ScopePtr& scope);
    Value evaluate(const TestUse& node, const ScopePtr& scope);

    CallArguments evaluateArguments(const Arguments& arguments, const ScopePtr& scope);
    Value applyFilters(const Expression* filters, Text text, const ScopePtr& scope);
    void assign(const Target& target, Value value, const ScopePtr& scope);
    void write(const Text& text, Text& out);
    ScopePtr newScope(const ScopePtr& parent);
    ScopePtr keepScope(const ScopePtr& scope);
    std::vector<Value> filteredElements(const For& loop, const ScopePtr& outer, const Value& iterable);
    Value methodOrMissing(const Value& object, const std::string& name);
    void bindRest(const MacroDefinition& macro, Scope& scope, CallArguments& arguments);

    Run m_run;
    std::optional<std::tm> m_now;
    ScopePtr m_global;
    const Value* m_blockText = nullptr;  ///< what a filter chain with no operand works on
    // What may hold itself: emptied at the end.
    std::vector<std::shared_ptr<NamespaceObject>> m_namespaces;
    std::vector<ScopePtr> m_keptScopes;
};

}  // namespace lares::inference::jinja

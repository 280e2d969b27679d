// A parsed template: expressions and statements as plain structs.
#pragma once

#include "inference/template/value.h"

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace lares::inference::jinja {

struct Expression;
struct Statement;
using ExpressionPtr = std::unique_ptr<Expression>;
using Body = std::vector<Statement>;

struct Arguments {
    std::vector<ExpressionPtr> positional;
    std::vector<std::pair<std::string, ExpressionPtr>> keyword;
    ExpressionPtr star, doubleStar;  ///< *args, **kwargs; may be null
};

enum class UnaryOperator { negate, plus, logicalNot };
enum class BinaryOperator { add, subtract, multiply, divide, floorDivide, modulo, power };
enum class Comparison { equal, notEqual, less, lessEqual, greater, greaterEqual, in, notIn };

struct Literal {
    Value value;
};
struct NameUse {
    std::string name;
};
struct ListLiteral {
    std::vector<ExpressionPtr> items;
    bool tuple = false;
};
struct DictLiteral {
    std::vector<std::pair<ExpressionPtr, ExpressionPtr>> entries;
};
struct Unary {
    UnaryOperator op;
    ExpressionPtr operand;
};
struct Binary {
    BinaryOperator op;
    ExpressionPtr left, right;
};
struct Compare {
    ExpressionPtr first;
    std::vector<std::pair<Comparison, ExpressionPtr>> rest;  ///< chained: a < b < c
};
struct Concat {
    std::vector<ExpressionPtr> parts;
};
struct Logical {
    bool isAnd;
    ExpressionPtr left, right;
};
struct Conditional {
    ExpressionPtr condition, then, otherwise;  ///< `otherwise` may be null
};
struct AttributeAccess {
    ExpressionPtr object;
    std::string name;
};
struct ItemAccess {
    ExpressionPtr object, index;
};
struct Slice {
    ExpressionPtr object, start, stop, step;  ///< the last three may be null
};
struct Call {
    ExpressionPtr callee;
    Arguments arguments;
};
struct FilterUse {
    ExpressionPtr operand;  ///< null in a filter block: the block's text
    std::string name;
    Arguments arguments;
};
struct TestUse {
    ExpressionPtr operand;
    std::string name;
    Arguments arguments;
    bool negated = false;
};

struct Expression {
    int line = 0;
    std::variant<Literal, NameUse, ListLiteral, DictLiteral, Unary, Binary, Compare, Concat, Logical, Conditional,
                 AttributeAccess, ItemAccess, Slice, Call, FilterUse, TestUse>
        node;
};

/// What `set` and `for` assign to: a name, an attribute of a namespace, or a tuple of those.
struct Target {
    std::string name;
    std::string attribute;      ///< empty: the name itself
    std::vector<Target> parts;  ///< not empty: unpacks
    bool tuple = false;
};

struct Output {
    std::vector<ExpressionPtr> expressions;
};
struct PlainText {
    Value text;
};
struct If {
    std::vector<std::pair<ExpressionPtr, Body>> branches;  ///< a null condition is `else`
};
struct For {
    Target target;
    ExpressionPtr iterable, filter;  ///< `filter` may be null
    Body body, otherwise;
    bool recursive = false;
};
struct Set {
    Target target;
    ExpressionPtr value;
};
struct SetBlock {
    Target target;
    ExpressionPtr filters;  ///< a chain of FilterUse that ends in a null operand; may be null
    Body body;
};
struct MacroDefinition {
    std::string name;  ///< empty for the block of a call
    std::vector<std::string> parameters;
    std::vector<ExpressionPtr> defaults;  ///< of the last parameters
    Body body;
    bool usesVarargs = false, usesKwargs = false, usesCaller = false;
};
struct Macro {
    std::shared_ptr<const MacroDefinition> definition;
};
struct CallBlock {
    ExpressionPtr call;
    std::shared_ptr<const MacroDefinition> caller;
};
struct FilterBlock {
    ExpressionPtr filters;
    Body body;
};
/// `with`, `block` and `generation`: a scope of its own.
struct Scoped {
    std::vector<std::pair<Target, ExpressionPtr>> assignments;
    Body body;
};
struct Break {};
struct Continue {};

struct Statement {
    int line = 0;
    std::variant<Output, PlainText, If, For, Set, SetBlock, Macro, CallBlock, FilterBlock, Scoped, Break, Continue>
        node;
};

}  // namespace lares::inference::jinja

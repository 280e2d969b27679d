// The expressions of the template language, by recursive descent, one function for each level of precedence.
#pragma once

#include "inference/template/ast.h"
#include "inference/template/lexer.h"

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace lares::inference::jinja {

class ExpressionParser {
 public:
    explicit ExpressionParser(std::vector<Token> tokens) : m_tokens(std::move(tokens)) {}

 protected:
    ExpressionPtr parseExpression();           ///< with inline if
    ExpressionPtr parseExpressionWithoutIf();  ///< as after `for x in`
    ExpressionPtr parseTuple(bool withIf = true, bool parenthesised = false);
    ExpressionPtr parseUnary(bool withFilters = true);
    /// "name(args) | name ..." applied to `operand`, which may be null.
    ExpressionPtr parseFilter(ExpressionPtr operand);
    Arguments parseArguments();

    const Token& current() const { return m_tokens[m_at]; }
    const Token& ahead() const { return m_tokens[std::min(m_at + 1, m_tokens.size() - 1)]; }
    const Token& take();
    bool takeName(std::string_view word);
    bool takeSymbol(std::string_view symbol);
    std::string expectName();
    void expectSymbol(std::string_view symbol);
    void expect(Token::Type type, const char* what);
    [[noreturn]] void fail(const std::string& message, FailKind kind = FailKind::syntax) const;
    [[noreturn]] void failUnexpected() const;

    /// Counts nesting while it lives; a chain of operators counts too, for it becomes a tree as deep as it is long.
    class Level {
     public:
        explicit Level(ExpressionParser& parser) : m_parser(parser) { deepen(); }
        ~Level() { m_parser.m_depth -= m_levels; }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;
        void deepen();

     private:
        ExpressionParser& m_parser;
        int m_levels = 0;
    };

    /// In a branch that may never run, an unknown filter or test is an error only when it does run.
    bool m_lenient = false;
    /// Names read since the innermost macro began: tells whether it uses varargs, kwargs, caller.
    std::set<std::string, std::less<>> m_namesRead;

 private:
    ExpressionPtr parseOr();
    ExpressionPtr parseAnd();
    ExpressionPtr parseNot();
    ExpressionPtr parseCompare();
    ExpressionPtr parseSum();
    ExpressionPtr parseConcat();
    ExpressionPtr parseProduct();
    ExpressionPtr parsePower();
    ExpressionPtr parsePrimary();
    ExpressionPtr parseNameOrConstant();
    ExpressionPtr parseList();
    ExpressionPtr parseDict();
    ExpressionPtr parsePostfix(ExpressionPtr operand);
    ExpressionPtr parseFiltersAndTests(ExpressionPtr operand);
    ExpressionPtr parseSubscript(ExpressionPtr object);
    ExpressionPtr parseSubscriptItem(ExpressionPtr& object);
    ExpressionPtr parseTest(ExpressionPtr operand);
    std::string dottedName();
    bool atTupleEnd() const;
    bool takeComparison(Comparison& comparison);
    bool isConditional() const;

    std::vector<Token> m_tokens;
    std::size_t m_at = 0;
    int m_depth = 0;
};

/// A node with its line.
template <class Node>
ExpressionPtr makeExpression(int line, Node node) {
    auto expression = std::make_unique<Expression>();
    expression->line = line;
    expression->node = std::move(node);
    return expression;
}

}  // namespace lares::inference::jinja

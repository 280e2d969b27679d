#include "inference/template/expression_parser.h"

#include "inference/template/builtins.h"

namespace lares::inference::jinja {

namespace {

constexpr int kMaxDepth = 400;

/// Sets a flag for as long as it lives.
class Setting {
 public:
    Setting(bool& flag, bool value) : m_flag(flag), m_before(flag) { flag = value; }
    ~Setting() { m_flag = m_before; }
    Setting(const Setting&) = delete;
    Setting& operator=(const Setting&) = delete;

 private:
    bool& m_flag;
    bool m_before;
};

}  // namespace

void ExpressionParser::Level::deepen() {
    if (m_parser.m_depth >= kMaxDepth) {
        m_parser.fail("the template is nested too deeply", FailKind::recursion);
    }
    ++m_parser.m_depth;
    ++m_levels;
}

const Token& ExpressionParser::take() {
    const Token& token = m_tokens[m_at];
    m_at = std::min(m_at + 1, m_tokens.size() - 1);
    return token;
}

bool ExpressionParser::takeName(std::string_view word) {
    const bool there = current().isName(word);
    if (there) {
        take();
    }
    return there;
}

bool ExpressionParser::takeSymbol(std::string_view symbol) {
    const bool there = current().isSymbol(symbol);
    if (there) {
        take();
    }
    return there;
}

std::string ExpressionParser::expectName() {
    if (current().type != Token::Type::name) {
        fail("expected token 'name', got '" + describe(current()) + "'");
    }
    return take().text;
}

void ExpressionParser::expectSymbol(std::string_view symbol) {
    if (!takeSymbol(symbol)) {
        fail("expected token '" + std::string(symbol) + "', got '" + describe(current()) + "'");
    }
}

void ExpressionParser::expect(Token::Type type, const char* what) {
    if (current().type != type) {
        fail(std::string("expected token '") + what + "', got '" + describe(current()) + "'");
    }
    take();
}

void ExpressionParser::fail(const std::string& message, FailKind kind) const {
    throw TemplateError(kind, message, current().line);
}

void ExpressionParser::failUnexpected() const {
    fail("unexpected '" + describe(current()) + "'");
}

ExpressionPtr ExpressionParser::parseExpressionWithoutIf() {
    return parseOr();
}

ExpressionPtr ExpressionParser::parseExpression() {
    Level level(*this);
    const Setting lenient(m_lenient, m_lenient || isConditional());
    ExpressionPtr value = parseOr();
    while (current().isName("if")) {
        level.deepen();
        const int line = take().line;
        ExpressionPtr condition = parseOr();
        ExpressionPtr otherwise = takeName("else") ? parseExpression() : nullptr;
        value = makeExpression(line, Conditional{std::move(condition), std::move(value), std::move(otherwise)});
    }
    return value;
}

/// Whether an `if` belongs to the expression that begins here: its parts are then compiled leniently, as Jinja does.
bool ExpressionParser::isConditional() const {
    int open = 0;
    for (std::size_t i = m_at; i < m_tokens.size(); ++i) {
        const Token& token = m_tokens[i];
        if (token.type != Token::Type::symbol && token.type != Token::Type::name && token.type != Token::Type::string &&
            token.type != Token::Type::number) {
            return false;
        }
        if (token.isSymbol("(") || token.isSymbol("[") || token.isSymbol("{")) {
            ++open;
        } else if (token.isSymbol(")") || token.isSymbol("]") || token.isSymbol("}")) {
            if (--open < 0) {
                return false;
            }
        } else if (open == 0 && (token.isSymbol(",") || token.isSymbol(":"))) {
            return false;
        } else if (open == 0 && token.isName("if")) {
            return true;
        }
    }
    return false;
}

ExpressionPtr ExpressionParser::parseOr() {
    Level level(*this);
    ExpressionPtr left = parseAnd();
    while (current().isName("or")) {
        level.deepen();
        const int line = take().line;
        ExpressionPtr right = parseAnd();
        left = makeExpression(line, Logical{false, std::move(left), std::move(right)});
    }
    return left;
}

ExpressionPtr ExpressionParser::parseAnd() {
    Level level(*this);
    ExpressionPtr left = parseNot();
    while (current().isName("and")) {
        level.deepen();
        const int line = take().line;
        ExpressionPtr right = parseNot();
        left = makeExpression(line, Logical{true, std::move(left), std::move(right)});
    }
    return left;
}

ExpressionPtr ExpressionParser::parseNot() {
    if (!current().isName("not")) {
        return parseCompare();
    }
    const Level level(*this);
    const int line = take().line;
    return makeExpression(line, Unary{UnaryOperator::logicalNot, parseNot()});
}

bool ExpressionParser::takeComparison(Comparison& comparison) {
    static constexpr std::pair<std::string_view, Comparison> kSymbols[] = {
        {"==", Comparison::equal},     {"!=", Comparison::notEqual}, {"<", Comparison::less},
        {"<=", Comparison::lessEqual}, {">", Comparison::greater},   {">=", Comparison::greaterEqual}};
    for (const auto& [symbol, meaning] : kSymbols) {
        if (takeSymbol(symbol)) {
            comparison = meaning;
            return true;
        }
    }
    if (takeName("in")) {
        comparison = Comparison::in;
        return true;
    }
    if (current().isName("not") && ahead().isName("in")) {
        take();
        take();
        comparison = Comparison::notIn;
        return true;
    }
    return false;
}

ExpressionPtr ExpressionParser::parseCompare() {
    const int line = current().line;
    ExpressionPtr first = parseSum();
    std::vector<std::pair<Comparison, ExpressionPtr>> rest;
    for (Comparison comparison; takeComparison(comparison);) {
        rest.emplace_back(comparison, parseSum());
    }
    return rest.empty() ? std::move(first) : makeExpression(line, Compare{std::move(first), std::move(rest)});
}

ExpressionPtr ExpressionParser::parseSum() {
    Level level(*this);
    ExpressionPtr left = parseConcat();
    while (current().isSymbol("+") || current().isSymbol("-")) {
        level.deepen();
        const Token& token = take();
        const auto op = token.text == "+" ? BinaryOperator::add : BinaryOperator::subtract;
        ExpressionPtr right = parseConcat();
        left = makeExpression(token.line, Binary{op, std::move(left), std::move(right)});
    }
    return left;
}

ExpressionPtr ExpressionParser::parseConcat() {
    const int line = current().line;
    std::vector<ExpressionPtr> parts;
    do {
        parts.push_back(parseProduct());
    } while (takeSymbol("~"));
    return parts.size() == 1 ? std::move(parts.front()) : makeExpression(line, Concat{std::move(parts)});
}

ExpressionPtr ExpressionParser::parseProduct() {
    static constexpr std::pair<std::string_view, BinaryOperator> kOperators[] = {{"*", BinaryOperator::multiply},
                                                                                 {"/", BinaryOperator::divide},
                                                                                 {"//", BinaryOperator::floorDivide},
                                                                                 {"%", BinaryOperator::modulo}};
    Level level(*this);
    ExpressionPtr left = parsePower();
    while (true) {
        const auto* op = std::find_if(std::begin(kOperators), std::end(kOperators),
                                      [this](const auto& entry) { return current().isSymbol(entry.first); });
        if (op == std::end(kOperators)) {
            return left;
        }
        level.deepen();
        const int line = take().line;
        ExpressionPtr right = parsePower();
        left = makeExpression(line, Binary{op->second, std::move(left), std::move(right)});
    }
}

/// Left-associative, and a sign binds closer than the power: Jinja's choice, not Python's.
ExpressionPtr ExpressionParser::parsePower() {
    Level level(*this);
    ExpressionPtr left = parseUnary();
    while (current().isSymbol("**")) {
        level.deepen();
        const int line = take().line;
        ExpressionPtr right = parseUnary();
        left = makeExpression(line, Binary{BinaryOperator::power, std::move(left), std::move(right)});
    }
    return left;
}

ExpressionPtr ExpressionParser::parseUnary(bool withFilters) {
    const Level level(*this);
    ExpressionPtr value;
    if (current().isSymbol("-") || current().isSymbol("+")) {
        const Token& sign = take();
        const auto op = sign.text == "-" ? UnaryOperator::negate : UnaryOperator::plus;
        value = makeExpression(sign.line, Unary{op, parseUnary(false)});
    } else {
        value = parsePrimary();
    }
    value = parsePostfix(std::move(value));
    return withFilters ? parseFiltersAndTests(std::move(value)) : std::move(value);
}

ExpressionPtr ExpressionParser::parsePrimary() {
    const int line = current().line;
    switch (current().type) {
        case Token::Type::name:
            return parseNameOrConstant();
        case Token::Type::string: {
            std::string text = take().text;
            while (current().type == Token::Type::string) {
                text += take().text;
            }
            return makeExpression(line, Literal{Value(Text(std::move(text)))});
        }
        case Token::Type::number:
            return makeExpression(line, Literal{take().number});
        default:
            break;
    }
    if (takeSymbol("(")) {
        ExpressionPtr inside = parseTuple(true, true);
        expectSymbol(")");
        return inside;
    }
    if (current().isSymbol("[")) {
        return parseList();
    }
    if (current().isSymbol("{")) {
        return parseDict();
    }
    failUnexpected();
}

ExpressionPtr ExpressionParser::parseNameOrConstant() {
    const Token& token = take();
    if (token.text == "true" || token.text == "True" || token.text == "false" || token.text == "False") {
        return makeExpression(token.line, Literal{Value(token.text[0] == 't' || token.text[0] == 'T')});
    }
    if (token.text == "none" || token.text == "None") {
        return makeExpression(token.line, Literal{Value()});
    }
    m_namesRead.insert(token.text);
    return makeExpression(token.line, NameUse{token.text});
}

bool ExpressionParser::atTupleEnd() const {
    return current().type == Token::Type::outputEnd || current().type == Token::Type::blockEnd ||
           current().isSymbol(")") || current().isSymbol("=");
}

ExpressionPtr ExpressionParser::parseTuple(bool withIf, bool parenthesised) {
    const int line = current().line;
    std::vector<ExpressionPtr> items;
    bool tuple = false;
    while (!atTupleEnd()) {
        items.push_back(withIf ? parseExpression() : parseExpressionWithoutIf());
        if (!takeSymbol(",")) {
            break;
        }
        tuple = true;
    }
    if (!tuple && !items.empty()) {
        return std::move(items.front());
    }
    if (!tuple && !parenthesised) {
        fail("Expected an expression, got '" + describe(current()) + "'");
    }
    return makeExpression(line, ListLiteral{std::move(items), true});
}

ExpressionPtr ExpressionParser::parseList() {
    const int line = take().line;
    std::vector<ExpressionPtr> items;
    while (!current().isSymbol("]")) {
        if (!items.empty()) {
            expectSymbol(",");
            if (current().isSymbol("]")) {
                break;
            }
        }
        items.push_back(parseExpression());
    }
    expectSymbol("]");
    return makeExpression(line, ListLiteral{std::move(items), false});
}

ExpressionPtr ExpressionParser::parseDict() {
    const int line = take().line;
    std::vector<std::pair<ExpressionPtr, ExpressionPtr>> entries;
    while (!current().isSymbol("}")) {
        if (!entries.empty()) {
            expectSymbol(",");
            if (current().isSymbol("}")) {
                break;
            }
        }
        ExpressionPtr key = parseExpression();
        expectSymbol(":");
        entries.emplace_back(std::move(key), parseExpression());
    }
    expectSymbol("}");
    return makeExpression(line, DictLiteral{std::move(entries)});
}

ExpressionPtr ExpressionParser::parsePostfix(ExpressionPtr operand) {
    Level level(*this);
    while (current().isSymbol(".") || current().isSymbol("[") || current().isSymbol("(")) {
        level.deepen();
        if (current().isSymbol("(")) {
            const int line = current().line;
            operand = makeExpression(line, Call{std::move(operand), parseArguments()});
        } else {
            operand = parseSubscript(std::move(operand));
        }
    }
    return operand;
}

ExpressionPtr ExpressionParser::parseFiltersAndTests(ExpressionPtr operand) {
    Level level(*this);
    while (true) {
        level.deepen();
        const int line = current().line;
        if (takeSymbol("|")) {
            operand = parseFilter(std::move(operand));
        } else if (current().isName("is")) {
            operand = parseTest(std::move(operand));
        } else if (current().isSymbol("(")) {
            operand = makeExpression(line, Call{std::move(operand), parseArguments()});
        } else {
            return operand;
        }
    }
}

ExpressionPtr ExpressionParser::parseSubscript(ExpressionPtr object) {
    const Token& open = take();
    if (open.text == ".") {
        const Token& token = take();
        if (token.type == Token::Type::name) {
            return makeExpression(open.line, AttributeAccess{std::move(object), token.text});
        }
        if (token.type != Token::Type::number || !token.number.isInteger()) {
            throw TemplateError(FailKind::syntax, "expected name or number", token.line);
        }
        return makeExpression(open.line,
                              ItemAccess{std::move(object), makeExpression(token.line, Literal{token.number})});
    }
    std::vector<ExpressionPtr> items;
    while (!current().isSymbol("]")) {
        if (!items.empty()) {
            expectSymbol(",");
        }
        ExpressionPtr item = parseSubscriptItem(object);
        if (!item) {  // a slice, which took the object
            expectSymbol("]");
            return object;
        }
        items.push_back(std::move(item));
    }
    expectSymbol("]");
    ExpressionPtr index =
        items.size() == 1 ? std::move(items.front()) : makeExpression(open.line, ListLiteral{std::move(items), true});
    return makeExpression(open.line, ItemAccess{std::move(object), std::move(index)});
}

/// One index; or null, after `object` was made the slice of itself.
ExpressionPtr ExpressionParser::parseSubscriptItem(ExpressionPtr& object) {
    const int line = current().line;
    ExpressionPtr bounds[3];
    if (!current().isSymbol(":")) {
        bounds[0] = parseExpression();
        if (!current().isSymbol(":")) {
            return std::move(bounds[0]);
        }
    }
    for (int i = 1; i < 3 && takeSymbol(":"); ++i) {
        if (!current().isSymbol(":") && !current().isSymbol("]") && !current().isSymbol(",")) {
            bounds[i] = parseExpression();
        }
    }
    object = makeExpression(line,
                            Slice{std::move(object), std::move(bounds[0]), std::move(bounds[1]), std::move(bounds[2])});
    return nullptr;
}

Arguments ExpressionParser::parseArguments() {
    Arguments arguments;
    expectSymbol("(");
    for (bool first = true; !current().isSymbol(")"); first = false) {
        if (!first) {
            expectSymbol(",");
            if (current().isSymbol(")")) {
                break;
            }
        }
        const bool inOrder = !arguments.star && !arguments.doubleStar;
        if (takeSymbol("*") && inOrder) {
            arguments.star = parseExpression();
        } else if (takeSymbol("**") && !arguments.doubleStar) {
            arguments.doubleStar = parseExpression();
        } else if (current().type == Token::Type::name && ahead().isSymbol("=") && !arguments.doubleStar) {
            std::string name = take().text;
            take();
            arguments.keyword.emplace_back(std::move(name), parseExpression());
        } else if (inOrder && arguments.keyword.empty()) {
            arguments.positional.push_back(parseExpression());
        } else {
            fail("invalid syntax for function call expression");
        }
    }
    expectSymbol(")");
    return arguments;
}

std::string ExpressionParser::dottedName() {
    std::string name = expectName();
    while (takeSymbol(".")) {
        name += "." + expectName();
    }
    return name;
}

ExpressionPtr ExpressionParser::parseFilter(ExpressionPtr operand) {
    Level level(*this);
    const int line = current().line;
    std::string name = dottedName();
    if (!m_lenient && !findFilter(name)) {
        fail("No filter named '" + name + "'.");
    }
    Arguments arguments;
    if (current().isSymbol("(")) {
        arguments = parseArguments();
    }
    return makeExpression(line, FilterUse{std::move(operand), std::move(name), std::move(arguments)});
}

ExpressionPtr ExpressionParser::parseTest(ExpressionPtr operand) {
    const int line = take().line;
    const bool negated = takeName("not");
    std::string name = dottedName();
    if (!m_lenient && !findTest(name)) {
        fail("No test named '" + name + "'.");
    }
    Arguments arguments;
    const Token& next = current();
    if (next.isSymbol("(")) {
        arguments = parseArguments();
    } else if (next.isName("is")) {
        fail("You cannot chain multiple tests with is");
    } else if ((next.type == Token::Type::name && !next.isName("else") && !next.isName("or") && !next.isName("and")) ||
               next.type == Token::Type::string || next.type == Token::Type::number || next.isSymbol("[") ||
               next.isSymbol("{")) {
        arguments.positional.push_back(parsePostfix(parsePrimary()));
    }
    return makeExpression(line, TestUse{std::move(operand), std::move(name), std::move(arguments), negated});
}

}  // namespace lares::inference::jinja

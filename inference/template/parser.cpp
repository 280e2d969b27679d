#include "inference/template/parser.h"

#include "inference/template/expression_parser.h"

#include <algorithm>

namespace lares::inference::jinja {

namespace {

using EndTags = std::vector<std::string_view>;

class Parser : public ExpressionParser {
 public:
    using ExpressionParser::ExpressionParser;

    Body parseAll() { return parseBody({}, ""); }

 private:
    /// Up to a block that begins with one of `ends`, whose "{%" is taken; up to the end of the source where `ends` is
    /// empty.
    Body parseBody(const EndTags& ends, std::string_view opener) {
        const Level level(*this);
        Body body;
        while (true) {
            const int line = current().line;
            if (current().type == Token::Type::text) {
                body.push_back({line, PlainText{Value(Text(take().text))}});
            } else if (current().type == Token::Type::outputBegin) {
                take();
                Output output;
                output.expressions.push_back(parseTuple());
                expect(Token::Type::outputEnd, "end of print statement");
                body.push_back({line, std::move(output)});
            } else if (current().type == Token::Type::blockBegin) {
                take();
                if (current().type == Token::Type::name &&
                    std::find(ends.begin(), ends.end(), current().text) != ends.end()) {
                    return body;
                }
                parseStatement(body, line);
            } else {
                finish(ends, opener);
                return body;
            }
        }
    }

    void finish(const EndTags& ends, std::string_view opener) const {
        if (ends.empty()) {
            return;
        }
        std::string tags;
        for (const std::string_view end : ends) {
            tags += (tags.empty() ? "'" : " or '") + std::string(end) + "'";
        }
        fail("Unexpected end of template. Jinja was looking for the following tags: " + tags +
             ". The innermost block that needs to be closed is '" + std::string(opener) + "'.");
    }

    void endBlock() { expect(Token::Type::blockEnd, "end of statement block"); }

    /// "{% endx %}" whose "{%" is taken already.
    void closeTag() {
        take();
        endBlock();
    }

    /// The body of a plain block, from the end of its opening tag to the end of its closing tag.
    Body bodyUntil(std::string_view end, std::string_view opener) {
        endBlock();
        Body body = parseBody({end}, opener);
        closeTag();
        return body;
    }

    void parseStatement(Body& body, int line) {
        const Level level(*this);
        if (current().type != Token::Type::name) {
            fail("tag name expected");
        }
        using Parse = void (Parser::*)(Body&, int);
        static constexpr std::pair<std::string_view, Parse> kTags[] = {{"if", &Parser::parseIf},
                                                                       {"for", &Parser::parseFor},
                                                                       {"set", &Parser::parseSet},
                                                                       {"macro", &Parser::parseMacro},
                                                                       {"call", &Parser::parseCall},
                                                                       {"filter", &Parser::parseFilterBlock},
                                                                       {"with", &Parser::parseWith},
                                                                       {"block", &Parser::parseBlock},
                                                                       {"generation", &Parser::parseGeneration},
                                                                       {"break", &Parser::parseBreak},
                                                                       {"continue", &Parser::parseContinue},
                                                                       {"print", &Parser::parsePrint},
                                                                       {"autoescape", &Parser::parseAutoescape}};
        const auto* tag = std::find_if(std::begin(kTags), std::end(kTags),
                                       [this](const auto& entry) { return current().text == entry.first; });
        if (tag == std::end(kTags)) {
            failUnknownTag();
        }
        take();
        (this->*tag->second)(body, line);
    }

    [[noreturn]] void failUnknownTag() const {
        static constexpr std::string_view kRefused[] = {"extends", "include", "import", "from"};
        const std::string& tag = current().text;
        if (std::find(std::begin(kRefused), std::end(kRefused), tag) != std::end(kRefused)) {
            fail("'" + tag + "' is refused: a chat template has no other templates to read");
        }
        fail("Encountered unknown tag '" + tag + "'.");
    }

    void parseIf(Body& out, int line) {
        If statement;
        const bool lenientBefore = m_lenient;
        for (bool more = true; more;) {
            m_lenient = lenientBefore;
            ExpressionPtr condition = parseTupleWithoutIf();
            endBlock();
            m_lenient = true;
            Body body = parseBody({"elif", "else", "endif"}, "if");
            statement.branches.emplace_back(std::move(condition), std::move(body));
            more = takeName("elif");
        }
        if (takeName("else")) {
            endBlock();
            statement.branches.emplace_back(nullptr, parseBody({"endif"}, "if"));
        }
        m_lenient = lenientBefore;
        closeTag();
        out.push_back({line, std::move(statement)});
    }

    ExpressionPtr parseTupleWithoutIf() { return parseTuple(false); }

    void parseFor(Body& out, int line) {
        For loop;
        loop.target = parseTarget(false);
        if (!takeName("in")) {
            fail("expected token 'in', got '" + describe(current()) + "'");
        }
        loop.iterable = parseTupleWithoutIf();
        if (takeName("if")) {
            loop.filter = parseExpression();
        }
        loop.recursive = takeName("recursive");
        endBlock();
        const bool lenientBefore = std::exchange(m_lenient, false);
        ++m_loops;
        loop.body = parseBody({"else", "endfor"}, "for");
        --m_loops;
        if (takeName("else")) {
            endBlock();
            loop.otherwise = parseBody({"endfor"}, "for");
        }
        m_lenient = lenientBefore;
        closeTag();
        out.push_back({line, std::move(loop)});
    }

    Target parseTargetPart(bool withAttribute) {
        Target target;
        if (takeSymbol("(")) {
            target = parseTarget(withAttribute);
            expectSymbol(")");
            return target;
        }
        target.name = expectName();
        static constexpr std::string_view kConstants[] = {"true", "True", "false", "False", "none", "None"};
        if (std::find(std::begin(kConstants), std::end(kConstants), target.name) != std::end(kConstants)) {
            fail("can't assign to 'const'");
        }
        if (withAttribute && takeSymbol(".")) {
            target.attribute = expectName();
        }
        return target;
    }

    Target parseTarget(bool withAttribute) {
        const Level level(*this);
        Target first = parseTargetPart(withAttribute);
        if (!current().isSymbol(",")) {
            return first;
        }
        Target tuple;
        tuple.tuple = true;
        tuple.parts.push_back(std::move(first));
        while (takeSymbol(",") && (current().type == Token::Type::name || current().isSymbol("(")) &&
               !current().isName("in")) {
            tuple.parts.push_back(parseTargetPart(withAttribute));
        }
        return tuple;
    }

    void parseSet(Body& out, int line) {
        Target target = parseTarget(true);
        if (takeSymbol("=")) {
            ExpressionPtr value = parseTuple();
            endBlock();
            out.push_back({line, Set{std::move(target), std::move(value)}});
            return;
        }
        ExpressionPtr filters;
        while (takeSymbol("|")) {
            filters = parseFilter(std::move(filters));
        }
        Body body = bodyUntil("endset", "set");
        out.push_back({line, SetBlock{std::move(target), std::move(filters), std::move(body)}});
    }

    void parseParameters(MacroDefinition& macro) {
        expectSymbol("(");
        while (!current().isSymbol(")")) {
            if (!macro.parameters.empty()) {
                expectSymbol(",");
                if (current().isSymbol(")")) {
                    break;
                }
            }
            macro.parameters.push_back(expectName());
            if (takeSymbol("=")) {
                macro.defaults.push_back(parseExpression());
            } else if (!macro.defaults.empty()) {
                fail("non-default argument follows default argument");
            }
        }
        expectSymbol(")");
    }

    /// The body of a macro or of a call block, whose parameters are read.
    void parseMacroBody(MacroDefinition& macro, std::string_view end, std::string_view opener) {
        const bool lenientBefore = std::exchange(m_lenient, false);
        const int loopsBefore = std::exchange(m_loops, 0);
        std::set<std::string, std::less<>> namesBefore;
        namesBefore.swap(m_namesRead);
        macro.body = bodyUntil(end, opener);
        const auto reads = [this, &macro](const char* name) {
            return m_namesRead.contains(name) &&
                   std::find(macro.parameters.begin(), macro.parameters.end(), name) == macro.parameters.end();
        };
        macro.usesVarargs = reads("varargs");
        macro.usesKwargs = reads("kwargs");
        macro.usesCaller = m_namesRead.contains("caller");
        m_namesRead = std::move(namesBefore);
        m_loops = loopsBefore;
        m_lenient = lenientBefore;
    }

    void parseMacro(Body& out, int line) {
        auto macro = std::make_shared<MacroDefinition>();
        macro->name = expectName();
        parseParameters(*macro);
        parseMacroBody(*macro, "endmacro", "macro");
        out.push_back({line, Macro{std::move(macro)}});
    }

    void parseCall(Body& out, int line) {
        auto caller = std::make_shared<MacroDefinition>();
        if (current().isSymbol("(")) {
            parseParameters(*caller);
        }
        ExpressionPtr call = parseExpression();
        if (!std::holds_alternative<Call>(call->node)) {
            fail("expected call");
        }
        parseMacroBody(*caller, "endcall", "call");
        out.push_back({line, CallBlock{std::move(call), std::move(caller)}});
    }

    void parseFilterBlock(Body& out, int line) {
        ExpressionPtr filters = parseFilter(nullptr);
        while (takeSymbol("|")) {
            filters = parseFilter(std::move(filters));
        }
        Body body = bodyUntil("endfilter", "filter");
        out.push_back({line, FilterBlock{std::move(filters), std::move(body)}});
    }

    void parseWith(Body& out, int line) {
        Scoped scoped;
        while (current().type != Token::Type::blockEnd) {
            if (!scoped.assignments.empty()) {
                expectSymbol(",");
            }
            Target target = parseTargetPart(false);
            expectSymbol("=");
            scoped.assignments.emplace_back(std::move(target), parseExpression());
        }
        scoped.body = bodyUntil("endwith", "with");
        out.push_back({line, std::move(scoped)});
    }

    void parseBlock(Body& out, int line) {
        const std::string name = expectName();
        takeName("scoped");
        takeName("required");
        const int loopsBefore = std::exchange(m_loops, 0);
        endBlock();
        Body body = parseBody({"endblock"}, "block");
        m_loops = loopsBefore;
        take();
        takeName(name);
        endBlock();
        out.push_back({line, Scoped{{}, std::move(body)}});
    }

    /// Marks the assistant's words for training; here only a scope, which is what it is to the rest of the template.
    void parseGeneration(Body& out, int line) {
        const int loopsBefore = std::exchange(m_loops, 0);
        Body body = bodyUntil("endgeneration", "generation");
        m_loops = loopsBefore;
        out.push_back({line, Scoped{{}, std::move(body)}});
    }

    void parseAutoescape(Body& out, int line) {
        const ExpressionPtr value = parseExpression();
        const auto* literal = std::get_if<Literal>(&value->node);
        if (!literal || isTrue(literal->value)) {
            fail("autoescape is refused: a chat is not HTML");
        }
        out.push_back({line, Scoped{{}, bodyUntil("endautoescape", "autoescape")}});
    }

    void requireLoop(const char* word) const {
        if (m_loops == 0) {
            fail(std::string("'") + word + "' outside loop");
        }
    }

    void parseBreak(Body& out, int line) {
        requireLoop("break");
        endBlock();
        out.push_back({line, Break{}});
    }

    void parseContinue(Body& out, int line) {
        requireLoop("continue");
        endBlock();
        out.push_back({line, Continue{}});
    }

    void parsePrint(Body& out, int line) {
        Output output;
        while (current().type != Token::Type::blockEnd) {
            if (!output.expressions.empty()) {
                expectSymbol(",");
            }
            output.expressions.push_back(parseExpression());
        }
        endBlock();
        out.push_back({line, std::move(output)});
    }

    int m_loops = 0;  ///< around the current statement, inside the same macro
};

}  // namespace

Body parseTemplate(std::string_view source) {
    return Parser(tokenize(source)).parseAll();
}

}  // namespace lares::inference::jinja

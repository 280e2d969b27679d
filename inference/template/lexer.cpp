#include "inference/template/lexer.h"

#include "inference/template/literals.h"
#include "inference/template/unicode.h"

#include <algorithm>
#include <optional>

namespace lares::inference::jinja {

namespace {

constexpr std::size_t kMaxSourceBytes = std::size_t{512} << 10;

/// Line ends as "\n", and one of them at the very end dropped.
std::string normalised(std::string_view source) {
    std::string out;
    out.reserve(source.size());
    for (std::size_t i = 0; i < source.size(); ++i) {
        if (source[i] == '\r') {
            out += '\n';
            i += i + 1 < source.size() && source[i + 1] == '\n' ? 1 : 0;
        } else {
            out += source[i];
        }
    }
    if (out.ends_with('\n')) {
        out.pop_back();
    }
    return out;
}

class Lexer {
 public:
    explicit Lexer(std::string source) : m_source(std::move(source)) {}

    std::vector<Token> run() {
        while (m_at < m_source.size()) {
            const std::size_t open = nextOpening();
            const char kind = open < m_source.size() ? m_source[open + 1] : '\0';
            const char mark = open + 2 < m_source.size() ? m_source[open + 2] : '\0';
            emitText(open, kind, mark);
            if (kind == '\0') {
                break;
            }
            advance(open + 2);
            if (mark == '-' || mark == '+') {
                advance(m_at + 1);
            }
            if (kind == '#') {
                skipComment();
            } else if (kind == '%' && rawBegins()) {
                readRaw();
            } else {
                readCode(kind);
            }
        }
        add(Token::Type::end);
        return std::move(m_tokens);
    }

 private:
    [[noreturn]] void fail(const std::string& message) const { throw TemplateError(FailKind::syntax, message, m_line); }

    void advance(std::size_t to) {
        m_line += static_cast<int>(std::count(m_source.begin() + static_cast<std::ptrdiff_t>(m_at),
                                              m_source.begin() + static_cast<std::ptrdiff_t>(to), '\n'));
        m_at = to;
    }

    void add(Token::Type type, std::string text = {}, Value number = {}) {
        m_tokens.push_back({type, std::move(text), std::move(number), m_line});
    }

    std::string_view rest() const { return std::string_view(m_source).substr(m_at); }

    /// Where the next "{{", "{%" or "{#" is; the end of the source when there is none.
    std::size_t nextOpening() const {
        for (std::size_t i = m_source.find('{', m_at); i != std::string::npos && i + 1 < m_source.size();
             i = m_source.find('{', i + 1)) {
            if (m_source[i + 1] == '{' || m_source[i + 1] == '%' || m_source[i + 1] == '#') {
                return i;
            }
        }
        return m_source.size();
    }

    /// What of [m_at, end) is left in front of an opening of this kind and mark.
    std::string_view leftOf(std::size_t end, char kind, char mark) const {
        std::string_view text = std::string_view(m_source).substr(m_at, end - m_at);
        if (mark == '-') {
            while (!text.empty()) {
                const std::size_t last = previousOffset(text, text.size());
                if (!isSpace(decodeAt(text, last).value)) {
                    break;
                }
                text = text.substr(0, last);
            }
        } else if (mark != '+' && (kind == '%' || kind == '#')) {
            const std::size_t lineStart = text.rfind('\n') + 1;  // npos + 1 is 0
            const bool atLineStart = lineStart > 0 || m_at == 0 || m_source[m_at - 1] == '\n';
            if (atLineStart && allSpace(text.substr(lineStart))) {
                text = text.substr(0, lineStart);
            }
        }
        return text;
    }

    static bool allSpace(std::string_view text) {
        for (std::size_t at = 0; at < text.size();) {
            const CodePoint c = decodeAt(text, at);
            if (!isSpace(c.value)) {
                return false;
            }
            at += c.size;
        }
        return true;
    }

    void emitText(std::size_t end, char kind, char mark) {
        const std::string_view text = leftOf(end, kind, mark);
        if (!text.empty()) {
            add(Token::Type::text, std::string(text));
        }
        advance(end);
    }

    void skipSpace() {
        while (m_at < m_source.size()) {
            const CodePoint c = decodeAt(m_source, m_at);
            if (!isSpace(c.value)) {
                break;
            }
            advance(m_at + c.size);
        }
    }

    /// Consumes "%}" (or "}}", "#}") with its mark if it is next, and the white space that goes with it.
    bool closes(char kind) {
        const char close[] = {kind, '}'};
        std::size_t at = m_at;
        const char mark = at < m_source.size() && (m_source[at] == '-' || m_source[at] == '+') ? m_source[at++] : '\0';
        if (mark == '+' && kind == '}') {
            return false;
        }
        if (std::string_view(m_source).substr(at, 2) != std::string_view(close, 2)) {
            return false;
        }
        advance(at + 2);
        if (mark == '-') {
            skipSpace();
        } else if (mark != '+' && kind != '}' && m_at < m_source.size() && m_source[m_at] == '\n') {
            advance(m_at + 1);
        }
        return true;
    }

    void skipComment() {
        while (m_at < m_source.size()) {
            if (closes('#')) {
                return;
            }
            advance(m_at + 1);
        }
        fail("Missing end of comment tag");
    }

    /// After "{%": consumes " raw %}". No newline is dropped after it.
    bool rawBegins() {
        std::size_t at = m_at;
        const auto skip = [&] {
            while (at < m_source.size() && isSpace(decodeAt(m_source, at).value)) {
                at += decodeAt(m_source, at).size;
            }
        };
        skip();
        if (std::string_view(m_source).substr(at, 3) != "raw") {
            return false;
        }
        at += 3;
        skip();
        const bool strip = at < m_source.size() && m_source[at] == '-';
        at += strip ? 1 : 0;
        if (std::string_view(m_source).substr(at, 2) != "%}") {
            return false;
        }
        advance(at + 2);
        if (strip) {
            skipSpace();
        }
        return true;
    }

    void readRaw() {
        for (std::size_t open = m_source.find("{%", m_at); open != std::string::npos;
             open = m_source.find("{%", open + 1)) {
            std::size_t at = open + 2;
            const char mark = at < m_source.size() ? m_source[at] : '\0';
            at += mark == '-' || mark == '+' ? 1 : 0;
            while (at < m_source.size() && isSpace(decodeAt(m_source, at).value)) {
                at += decodeAt(m_source, at).size;
            }
            if (std::string_view(m_source).substr(at, 6) != "endraw") {
                continue;
            }
            const std::size_t begin = m_at;
            const int line = m_line;
            const std::string text(leftOf(open, '%', mark));
            advance(at + 6);
            skipSpace();
            if (closes('%')) {
                m_tokens.push_back({Token::Type::text, text, {}, line});
                return;
            }
            m_at = begin;
            m_line = line;
        }
        fail("Missing end of raw directive");
    }

    void readCode(char kind) {
        const bool output = kind == '{';
        add(output ? Token::Type::outputBegin : Token::Type::blockBegin);
        std::string closers;  // of the brackets now open
        while (true) {
            skipSpace();
            if (m_at >= m_source.size()) {
                fail(closers.empty() ? "unexpected end of template"
                                     : std::string("unexpected end of template, expected '") + closers.back() + "'");
            }
            const int line = m_line;
            if (closers.empty() && closes(output ? '}' : '%')) {
                m_tokens.push_back({output ? Token::Type::outputEnd : Token::Type::blockEnd, {}, {}, line});
                return;
            }
            readToken(closers);
        }
    }

    void readToken(std::string& closers) {
        const char c = m_source[m_at];
        if (c == '\'' || c == '"') {
            return readString(c);
        }
        if (c >= '0' && c <= '9') {
            return readNumber();
        }
        if (isNameCharacter(decodeAt(m_source, m_at))) {
            return readName();
        }
        static constexpr std::string_view kSymbols[] = {"//", "**", "==", "!=", ">=", "<=", "+", "-", "/",
                                                        "*",  "%",  "~",  "[",  "]",  "(",  ")", "{", "}",
                                                        ">",  "<",  "=",  ".",  ":",  "|",  ",", ";"};
        const auto* symbol = std::find_if(std::begin(kSymbols), std::end(kSymbols),
                                          [this](std::string_view s) { return rest().starts_with(s); });
        if (symbol == std::end(kSymbols)) {
            fail("unexpected char '" + std::string(rest().substr(0, decodeAt(m_source, m_at).size)) + "' at " +
                 std::to_string(countCodePoints(std::string_view(m_source).substr(0, m_at))));
        }
        balance(symbol->front(), closers);
        add(Token::Type::symbol, std::string(*symbol));
        advance(m_at + symbol->size());
    }

    void balance(char c, std::string& closers) const {
        if (c == '(' || c == '[' || c == '{') {
            closers += c == '(' ? ')' : c == '[' ? ']' : '}';
        } else if (c == ')' || c == ']' || c == '}') {
            if (closers.empty()) {
                fail(std::string("unexpected '") + c + "'");
            }
            if (closers.back() != c) {
                fail(std::string("unexpected '") + c + "', expected '" + closers.back() + "'");
            }
            closers.pop_back();
        }
    }

    static bool isNameCharacter(CodePoint c) {
        return c.value == '_' || isDecimal(c.value) || (c.valid && isAlphabetic(c.value));
    }

    void readName() {
        std::size_t end = m_at;
        while (end < m_source.size() && isNameCharacter(decodeAt(m_source, end))) {
            end += decodeAt(m_source, end).size;
        }
        add(Token::Type::name, m_source.substr(m_at, end - m_at));
        advance(end);
    }

    void readNumber() {
        const bool afterDot = m_at > 0 && m_source[m_at - 1] == '.';  // "a.0.1" holds two indices, no fraction
        std::size_t length = 0;
        const std::optional<Value> number = parseNumber(rest(), afterDot, length);
        if (!number) {
            throw TemplateError(FailKind::limit, "a number has too many digits", m_line);
        }
        add(Token::Type::number, std::string(rest().substr(0, length)), *number);
        advance(m_at + length);
    }

    void readString(char quote) {
        std::size_t end = m_at + 1;
        while (end < m_source.size() && m_source[end] != quote) {
            end += m_source[end] == '\\' ? 2 : 1;
        }
        if (end >= m_source.size()) {
            fail(std::string("unexpected char ") + (quote == '"' ? "'\"'" : "\"'\"") + " at " +
                 std::to_string(countCodePoints(std::string_view(m_source).substr(0, m_at))));
        }
        const std::optional<std::string> text = unescape(std::string_view(m_source).substr(m_at + 1, end - m_at - 1));
        if (!text) {
            fail("a string has an escape that does not name a character");
        }
        add(Token::Type::string, *text);
        advance(end + 1);
    }

    std::string m_source;
    std::size_t m_at = 0;
    int m_line = 1;
    std::vector<Token> m_tokens;
};

}  // namespace

std::string describe(const Token& token) {
    switch (token.type) {
        case Token::Type::text:
            return "template data / text";
        case Token::Type::blockBegin:
            return "begin of statement block";
        case Token::Type::blockEnd:
            return "end of statement block";
        case Token::Type::outputBegin:
            return "begin of print statement";
        case Token::Type::outputEnd:
            return "end of print statement";
        case Token::Type::end:
            return "end of template";
        default:
            return token.text;
    }
}

std::vector<Token> tokenize(std::string_view source) {
    if (source.size() > kMaxSourceBytes) {
        throw TemplateError(FailKind::limit, "the template is larger than 512 KiB", 0);
    }
    return Lexer(normalised(source)).run();
}

}  // namespace lares::inference::jinja

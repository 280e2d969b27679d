// The table: facts of the languages, from their references.
#include "ui/chat/code_language.h"

#include <algorithm>
#include <QHash>
#include <QSet>
#include <QString>
#include <QStringList>

namespace lares::ui {

struct CodeLanguage {
    const char* names;     ///< lower case
    const char* keywords;  ///< as they are written; lower case where `foldCase`
    const char* lineComments;
    const char* blockOpen;  ///< empty: none
    const char* blockClose;
    const char* quotes;      ///< characters that begin and end a string
    const char* longQuotes;  ///< strings over several lines, each the same at both ends
    bool foldCase = false;
};

namespace {

constexpr const char* kCLike =
    "alignas auto bool break case catch char class concept const constexpr continue co_await co_return co_yield "
    "decltype "
    "default delete do double else enum explicit export extern false float for friend goto if inline int long mutable "
    "namespace new noexcept nullptr NULL operator override private protected public requires return short signed "
    "sizeof "
    "static static_assert struct switch template this throw true try typedef typename union unsigned using virtual "
    "void "
    "volatile while size_t uint8_t uint32_t uint64_t int64_t";
constexpr const char* kScript =
    "abstract any as async await boolean break case catch class const continue debugger declare default delete do else "
    "enum export extends false finally for from function get if implements import in instanceof interface let new null "
    "number of private protected public readonly return set static string super switch this throw true try type typeof "
    "undefined unknown var void while yield";
constexpr const char* kManaged =
    "abstract as assert async await base bool boolean break byte case catch char class const continue decimal default "
    "delegate do double else enum event explicit extends false final finally float for foreach get if implements "
    "implicit "
    "import in instanceof int interface internal is lock long namespace native new null object out override package "
    "params private protected public readonly record ref return sealed set short static string super switch "
    "synchronized "
    "this throw throws transient true try using var virtual void volatile when where while yield";

constexpr CodeLanguage kLanguages[] = {
    {"c cpp c++ cc cxx h hpp glsl cuda", kCLike, "//", "/*", "*/", "\"'", ""},
    {"js javascript jsx ts typescript tsx mjs qml", kScript, "//", "/*", "*/", "\"'", "`"},
    {"java cs csharp c# kotlin kt scala", kManaged, "//", "/*", "*/", "\"'", "\"\"\""},
    {"go golang",
     "break case chan const continue default defer else fallthrough false for func go goto if import interface map nil "
     "package range return select struct switch true type var string int int64 float64 bool byte error rune",
     "//", "/*", "*/", "\"'", "`"},
    {"rust rs",
     "as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move "
     "mut "
     "pub ref return self Self static struct super trait true type unsafe use where while i32 i64 u8 u32 u64 usize f32 "
     "f64 bool str String Vec Option Some None Result Ok Err",
     "//", "/*", "*/", "\"", ""},
    {"swift",
     "as associatedtype async await break case catch class continue default defer deinit do else enum extension false "
     "fileprivate for func guard if import in init inout internal is let nil open operator override private protocol "
     "public repeat return self static struct subscript super switch throw throws true try typealias var where while",
     "//", "/*", "*/", "\"", "\"\"\""},
    {"python py python3",
     "and as assert async await break class continue def del elif else except False finally for from global if import "
     "in "
     "is lambda match None nonlocal not or pass raise return self True try while with yield",
     "#", "", "", "\"'", "\"\"\" '''"},
    {"ruby rb",
     "alias and begin break case class def do else elsif end ensure false for if in module next nil not or redo "
     "require "
     "rescue retry return self super then true undef unless until when while yield attr_accessor attr_reader",
     "#", "", "", "\"'", ""},
    {"bash sh shell zsh console",
     "case cd do done echo elif else esac exit export fi for function if in local read return set shift source sudo "
     "then "
     "trap unset until while",
     "#", "", "", "\"'", ""},
    {"powershell ps1",
     "begin break catch continue do else elseif end exit filter finally for foreach function if in param process "
     "return "
     "switch throw trap try until while",
     "#", "<#", "#>", "\"'", "", true},
    {"php",
     "abstract and array as break case catch class const continue default do echo else elseif extends false final "
     "finally "
     "fn for foreach function global if implements include interface namespace new null or private protected public "
     "require return static switch this throw trait true try use var while yield",
     "// #", "/*", "*/", "\"'", ""},
    {"sql mysql postgresql sqlite",
     "add all alter and as asc begin between by case cast check column commit constraint create cross default delete "
     "desc "
     "distinct drop else end exists foreign from full group having if in index inner insert integer into is join key "
     "left "
     "like limit not null on or order outer primary references right rollback select set table text then transaction "
     "union unique update using values varchar view when where with",
     "--", "/*", "*/", "'\"", "", true},
    {"lua",
     "and break do else elseif end false for function goto if in local nil not or repeat return then true until while",
     "--", "--[[", "]]", "\"'", ""},
    {"html xml svg xhtml", "", "", "<!--", "-->", "\"'", ""},
    {"css scss less", "important media import charset supports keyframes", "", "/*", "*/", "\"'", ""},
    {"json jsonc json5", "true false null", "//", "/*", "*/", "\"", ""},
    {"yaml yml toml ini conf dockerfile",
     "true false null yes no on off FROM RUN COPY CMD ENV WORKDIR ENTRYPOINT EXPOSE", "#", "", "", "\"'", ""},
};

bool isWord(QChar c) {
    return c.isLetterOrNumber() || c == u'_';
}

QStringList words(const char* list) {
    return QString::fromLatin1(list).split(u' ', Qt::SkipEmptyParts);
}

const QSet<QString>& keywordsOf(const CodeLanguage& language) {
    static QHash<const CodeLanguage*, QSet<QString>> sets = [] {
        QHash<const CodeLanguage*, QSet<QString>> all;
        for (const CodeLanguage& one : kLanguages) {
            const QStringList list = words(one.keywords);
            all.insert(&one, QSet<QString>(list.begin(), list.end()));
        }
        return all;
    }();
    return *sets.constFind(&language);
}

/// One line, read from the left.
class Scanner {
 public:
    Scanner(QStringView line, const CodeLanguage& language, int& state)
        : m_line(line),
          m_language(language),
          m_state(state),
          m_lineComments(words(language.lineComments)),
          m_longQuotes(words(language.longQuotes)),
          m_blockOpen(QString::fromLatin1(language.blockOpen)),
          m_blockClose(QString::fromLatin1(language.blockClose)) {}

    QVector<CodeSpan> scan() {
        if (m_state > 0) goOn();
        while (m_at < m_line.size()) step();
        return m_spans;
    }

 private:
    enum { kNothing, kBlockComment, kLongString };  ///< of the state; long strings are numbered from kLongString on

    bool ahead(QStringView text) const { return !text.isEmpty() && m_line.sliced(m_at).startsWith(text); }

    void add(qsizetype from, CodeSpan::Kind kind) {
        if (m_at > from) m_spans += {int(from), int(m_at - from), kind};
    }

    /// Up to and with `close`, or to the end of the line, which then is in `open`.
    void runTo(const QString& close, int open, qsizetype from, CodeSpan::Kind kind) {
        const qsizetype end = m_line.indexOf(close, m_at);
        m_state = end < 0 ? open : kNothing;
        m_at = end < 0 ? m_line.size() : end + close.size();
        add(from, kind);
    }

    void goOn() {
        if (m_state == kBlockComment) {
            runTo(m_blockClose, kBlockComment, 0, CodeSpan::Kind::comment);
        } else {
            runTo(m_longQuotes.value(m_state - kLongString), m_state, 0, CodeSpan::Kind::string);
        }
    }

    void step() {
        const qsizetype from = m_at;
        if (ahead(m_blockOpen)) {
            m_at += m_blockOpen.size();
            return runTo(m_blockClose, kBlockComment, from, CodeSpan::Kind::comment);
        }
        if (std::any_of(m_lineComments.begin(), m_lineComments.end(),
                        [this](const QString& mark) { return ahead(mark); })) {
            m_at = m_line.size();
            return add(from, CodeSpan::Kind::comment);
        }
        for (qsizetype i = 0; i < m_longQuotes.size(); ++i) {
            if (!ahead(m_longQuotes[i])) continue;
            m_at += m_longQuotes[i].size();
            return runTo(m_longQuotes[i], kLongString + int(i), from, CodeSpan::Kind::string);
        }
        const QChar c = m_line[m_at];
        if (QLatin1String(m_language.quotes).contains(c)) return quoted(c);
        if (c.isDigit()) return number();
        if (isWord(c)) return word();
        ++m_at;
    }

    void quoted(QChar quote) {
        const qsizetype from = m_at++;
        while (m_at < m_line.size() && m_line[m_at] != quote) m_at += m_line[m_at] == u'\\' ? 2 : 1;
        m_at = qMin(m_at + 1, m_line.size());
        add(from, CodeSpan::Kind::string);
    }

    void number() {
        const qsizetype from = m_at;
        while (m_at < m_line.size() && (isWord(m_line[m_at]) || m_line[m_at] == u'.')) ++m_at;
        add(from, CodeSpan::Kind::number);
    }

    void word() {
        const qsizetype from = m_at;
        while (m_at < m_line.size() && isWord(m_line[m_at])) ++m_at;
        const QString text = m_line.sliced(from, m_at - from).toString();
        if (keywordsOf(m_language).contains(m_language.foldCase ? text.toLower() : text)) {
            add(from, CodeSpan::Kind::keyword);
        }
    }

    QStringView m_line;
    const CodeLanguage& m_language;
    int& m_state;
    const QStringList m_lineComments, m_longQuotes;
    const QString m_blockOpen, m_blockClose;
    qsizetype m_at = 0;
    QVector<CodeSpan> m_spans;
};

}  // namespace

const CodeLanguage* codeLanguage(QStringView name) {
    static const QHash<QString, const CodeLanguage*> byName = [] {
        QHash<QString, const CodeLanguage*> all;
        for (const CodeLanguage& language : kLanguages) {
            for (const QString& one : words(language.names)) all.insert(one, &language);
        }
        return all;
    }();
    return byName.value(name.toString().toLower());
}

QVector<CodeSpan> codeSpans(QStringView line, const CodeLanguage& language, int& state) {
    return Scanner(line, language, state).scan();
}

}  // namespace lares::ui

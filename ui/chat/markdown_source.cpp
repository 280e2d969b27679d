#include "ui/chat/markdown_source.h"

#include <QRegularExpression>

#include <array>
#include <map>

namespace lares::ui {
namespace {

constexpr qsizetype kLongestFormula = 4000;
constexpr qsizetype kMostColumns = 100;  // md4c fills short rows up: columns times rows must not run away

bool isBidiControl(char16_t c) {
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

// What stands for one character that cannot be shown as it is. `next` may be taken too: true when it was.
bool appendCleaned(char16_t c, QChar next, QString& out) {
    if (c == u'\r') {
        if (next != u'\n') out += u'\n';
    } else if (c == 0 || QChar::isLowSurrogate(c)) {
        out += QChar::ReplacementCharacter;
    } else if (QChar::isHighSurrogate(c)) {
        const bool pair = next.isLowSurrogate();
        if (pair && QChar::surrogateToUcs4(c, next.unicode()) < kFirstFormula) {
            out += QChar(c);
            out += next;
        } else {
            out += QChar::ReplacementCharacter;
        }
        return pair;
    } else if (!isBidiControl(c)) {
        out += QChar(c == 0x7F ? char16_t(0x2421) : char16_t(0x2400 + c));
    }
    return false;
}

bool isPlain(char16_t c) {
    return (c >= 0x20 && c < 0x7F) || c == u'\n' || c == u'\t' ||
           (c > 0x7F && !QChar::isSurrogate(c) && !isBidiControl(c));
}

// Line ends, control characters and the private-use characters that stand for formulas.
QString cleaned(QStringView text) {
    QString out;
    out.reserve(text.size() + 8);
    for (qsizetype i = 0; i < text.size(); ++i) {
        const qsizetype start = i;
        while (i < text.size() && isPlain(text[i].unicode())) ++i;
        out += text.sliced(start, i - start);
        if (i == text.size()) break;
        if (appendCleaned(text[i].unicode(), i + 1 < text.size() ? text[i + 1] : QChar(), out)) ++i;
    }
    return out;
}

bool isSpace(QChar c) {
    return c == u' ' || c == u'\t';
}

// Where a line's own text begins, past quote marks and indentation.
qsizetype contentStart(QStringView line) {
    qsizetype i = 0;
    while (i < line.size() && (isSpace(line[i]) || line[i] == u'>')) ++i;
    return i;
}

struct Fence {
    QChar mark;
    qsizetype length = 0;  ///< 0: not in one
};

// Opens or closes a fence; true when the line is part of fenced code, the fences included.
bool followFence(QStringView line, Fence& fence) {
    qsizetype i = contentStart(line);
    // "- ```" and "1. ```" open a fence too.
    if (fence.length == 0) {
        qsizetype marker = i;
        while (marker < line.size() && line[marker].isDigit()) ++marker;
        if (marker < line.size() && QStringView(u"-*+.)").contains(line[marker]) && marker + 1 < line.size() &&
            isSpace(line[marker + 1])) {
            qsizetype after = marker + 1;
            while (after < line.size() && isSpace(line[after])) ++after;
            if (after < line.size() && (line[after] == u'`' || line[after] == u'~')) i = after;
        }
    }
    const QChar mark = i < line.size() ? line[i] : QChar();
    qsizetype length = 0;
    if (mark == u'`' || mark == u'~') {
        while (i + length < line.size() && line[i + length] == mark) ++length;
    }
    const QStringView rest = line.sliced(i + length);
    if (fence.length == 0) {
        if (length < 3 || (mark == u'`' && rest.contains(u'`'))) return false;
        fence = {mark, length};
        return true;
    }
    if (mark == fence.mark && length >= fence.length && rest.trimmed().isEmpty()) fence = {};
    return true;
}

bool isDelimiterRow(QStringView line) {
    bool bar = false, dash = false;
    for (QChar c : line) {
        if (c == u'|') {
            bar = true;
        } else if (c == u'-') {
            dash = true;
        } else if (c != u':' && !isSpace(c)) {
            return false;
        }
    }
    return bar && dash;
}

// md4c wants three characters in each cell of a delimiter row; models often write "|--|" or "|-|".
QString widened(QStringView row) {
    if (row.count(u'|') > kMostColumns) return u'\\' + row.toString();  // too many for a table: text
    QString out;
    for (qsizetype i = 0; i < row.size();) {
        if (row[i] != u'-') {
            out += row[i++];
            continue;
        }
        qsizetype run = 0;
        while (i + run < row.size() && row[i + run] == u'-') ++run;
        out += QString(qMax<qsizetype>(run, 3), u'-');
        i += run;
    }
    return out;
}

// "[1]: https://..." is a link definition; "[1]: lease, page 3" is a note that md4c would swallow.
bool isBracketNote(QStringView content) {
    if (!content.startsWith(u'[')) return false;
    const qsizetype close = content.indexOf(u"]:");
    if (close < 2 || content.first(close).contains(u'`')) return false;
    QStringView target = content.sliced(close + 2).trimmed();
    if (target.startsWith(u'<')) target = target.sliced(1);
    return !(target.startsWith(u"http://", Qt::CaseInsensitive) ||
             target.startsWith(u"https://", Qt::CaseInsensitive) || target.startsWith(u"mailto:", Qt::CaseInsensitive));
}

/// Finds the formulas of a stretch of text that holds no fenced code.
class FormulaScanner {
 public:
    FormulaScanner(QString& out, QStringList& formulas) : m_out(out), m_formulas(formulas) {}

    void scan(QStringView text) {
        m_text = text;
        m_noClose = {};
        m_codeEnds.clear();
        const auto mayBegin = [](QChar c) { return c == u'`' || c == u'\\' || c == u'$'; };
        qsizetype i = 0;
        while (i < text.size()) {
            const QChar c = text[i];
            qsizetype end = i + 1;
            if (!mayBegin(c)) {
                while (end < text.size() && !mayBegin(text[end])) ++end;
            } else if (c == u'`') {
                end = codeEnd(i);
            } else if (c == u'\\' && i + 1 < text.size()) {
                end = i + 2;
                if (text[i + 1] == u'(') end = takeFormula(i, 2, u"\\)", 0, end);
                if (text[i + 1] == u'[') end = takeFormula(i, 2, u"\\]", 1, end);
            } else if (c == u'$') {
                if (i + 1 < text.size() && text[i + 1] == u'$') {
                    end = takeFormula(i, 2, u"$$", 2, i + 2);
                } else {
                    end = takeInline(i);
                }
            }
            if (end > i) {
                m_out += text.sliced(i, end - i);
            } else {
                end = m_taken;
            }
            i = end;
        }
    }

 private:
    // Returns i when the formula was taken (its end is in m_taken), else `otherwise`.
    qsizetype takeFormula(qsizetype i, qsizetype opening, QStringView close, int kind, qsizetype otherwise) {
        // What was searched once without success, or up to a far end, is not searched again.
        qsizetype& known = m_noClose[std::size_t(kind)];
        if (known <= i + opening) known = indexOf(close, i + opening);
        const qsizetype end = known;
        if (end >= m_text.size() || end == i + opening || end - i > kLongestFormula) return otherwise;
        const QStringView source = m_text.sliced(i, end + close.size() - i);
        if (source.contains(u"\n\n")) return otherwise;
        return take(i, source) ? i : otherwise;
    }

    qsizetype indexOf(QStringView what, qsizetype from) const {
        const qsizetype at = m_text.indexOf(what, from);
        return at < 0 ? m_text.size() : at;
    }

    // "$x$": nothing blank inside the dollars and no digit after, so that prices stay prices.
    qsizetype takeInline(qsizetype i) {
        const qsizetype from = i + 1;
        if (from >= m_text.size() || m_text[from].isSpace()) return from;
        qsizetype& close = m_noClose[3];
        if (close <= i) {
            close = from;
            while (close < m_text.size() && m_text[close] != u'$' && m_text[close] != u'\n' && m_text[close] != u'`') {
                ++close;
            }
        }
        const qsizetype end = close;
        if (end >= m_text.size() || m_text[end] != u'$' || end == from || end - i > kLongestFormula) return from;
        const QChar before = m_text[end - 1];
        const QChar after = end + 1 < m_text.size() ? m_text[end + 1] : QChar();
        if (before.isSpace() || before == u'\\' || after.isDigit()) return from;
        return take(i, m_text.sliced(i, end + 1 - i)) ? i : from;
    }

    bool take(qsizetype i, QStringView source) {
        if (m_formulas.size() >= kMostFormulas) return false;
        const char32_t stand = kFirstFormula + char32_t(m_formulas.size());
        m_out += QChar(QChar::highSurrogate(stand));
        m_out += QChar(QChar::lowSurrogate(stand));
        m_formulas += source.toString();
        m_taken = i + source.size();
        return true;
    }

    // Past the code span that opens at i, or past the back-ticks when none closes it in this paragraph.
    qsizetype codeEnd(qsizetype i) {
        qsizetype run = 0;
        while (i + run < m_text.size() && m_text[i + run] == u'`') ++run;
        const auto unclosed = m_codeEnds.find(run);
        if (unclosed != m_codeEnds.end() && i < unclosed->second) return i + run;
        qsizetype at = i + run;
        while (at < m_text.size()) {
            if (m_text[at] == u'\n' && at + 1 < m_text.size() && m_text[at + 1] == u'\n') break;
            if (m_text[at] != u'`') {
                ++at;
                continue;
            }
            qsizetype other = 0;
            while (at + other < m_text.size() && m_text[at + other] == u'`') ++other;
            at += other;
            if (other == run) return at;
        }
        m_codeEnds[run] = at;
        return i + run;
    }

    QString& m_out;
    QStringList& m_formulas;
    QStringView m_text;
    qsizetype m_taken = 0;
    std::array<qsizetype, 4> m_noClose{};       ///< per delimiter: the nearest end that is known
    std::map<qsizetype, qsizetype> m_codeEnds;  ///< run length -> searched in vain up to here
};

}  // namespace

MarkdownSource prepareMarkdown(QStringView raw) {
    MarkdownSource source;
    const QString text = cleaned(raw);
    QString out, prose;
    out.reserve(text.size() + 64);
    FormulaScanner scanner(out, source.formulas);
    Fence fence;
    bool barAbove = false;  // the line before may be a table's header
    const QStringView all(text);
    for (qsizetype start = 0; start < all.size();) {
        qsizetype end = all.indexOf(u'\n', start);
        end = end < 0 ? all.size() : end + 1;
        const QStringView line = all.sliced(start, end - start);
        const QStringView bare = line.endsWith(u'\n') ? line.chopped(1) : line;
        start = end;
        const bool belowBar = std::exchange(barAbove, bare.contains(u'|'));
        if (followFence(bare, fence)) {
            scanner.scan(prose);
            prose.clear();
            out += line;
            continue;
        }
        const qsizetype content = contentStart(bare);
        if (belowBar && isDelimiterRow(bare.sliced(content))) {
            prose += bare.first(content);
            prose += widened(bare.sliced(content));
            prose += line.sliced(bare.size());
        } else if (content <= 3 && isBracketNote(bare.sliced(content))) {
            prose += bare.first(content);
            prose += u'\\';
            prose += line.sliced(content);
        } else {
            prose += line;
        }
    }
    scanner.scan(prose);
    source.utf8 = out.toUtf8();
    return source;
}

QStringView withoutUnfinishedLine(QStringView text) {
    static const QRegularExpression maybeMarkup(QStringLiteral(R"(^\s*(?:[-*+=_#>|~`:. ]+|\d+[.)]?)\s*$)"));
    const auto startOfLine = [](QStringView part) { return part.lastIndexOf(u'\n') + 1; };
    const auto isRow = [](QStringView line) { return line.trimmed().startsWith(u'|'); };

    if (text.isEmpty()) return text;
    qsizetype start = startOfLine(text);
    const QStringView last = text.sliced(start);
    if (!last.isEmpty() && last.size() < 400 && maybeMarkup.match(last.toString()).hasMatch()) text = text.first(start);

    // The first row of a table reads as a paragraph until its delimiter row is there.
    QStringView whole = text.endsWith(u'\n') ? text.chopped(1) : text;
    start = startOfLine(whole);
    if (!isRow(whole.sliced(start))) return text;
    const QStringView above = start > 0 ? whole.first(start - 1) : QStringView();
    return isRow(above.sliced(startOfLine(above))) ? text : text.first(start);
}

}  // namespace lares::ui

// What is a keyword, a string, a number or a comment in a line of code: enough to colour a dozen common languages, from
// one table. Not a parser: it never fails, looks at one line at a time, and is linear in its length.
#pragma once

#include <QStringView>
#include <QVector>

namespace lares::ui {

struct CodeSpan {
    enum class Kind { keyword, string, number, comment };
    int start = 0, length = 0;  ///< UTF-16 units
    Kind kind = Kind::keyword;
    bool operator==(const CodeSpan&) const = default;
};

struct CodeLanguage;

/// By the word behind the fence ("py", "C++", "bash"...); null for one that is not known.
const CodeLanguage* codeLanguage(QStringView name);

/// `state` is 0 for the first line and carries an open comment or string from line to line.
QVector<CodeSpan> codeSpans(QStringView line, const CodeLanguage& language, int& state);

}  // namespace lares::ui

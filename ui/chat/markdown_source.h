// The step before the Markdown parser: makes a model's text safe and unambiguous for md4c without changing what it
// says.
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace lares::ui {

/// A formula stands in the text as one private-use character, U+F0000 plus its index.
inline constexpr char32_t kFirstFormula = 0xF0000;
inline constexpr int kMostFormulas = 0xFFFD;

struct MarkdownSource {
    QByteArray utf8;
    QStringList formulas;  ///< with their delimiters, as they were written
};

/// Line ends become \n, control characters their pictures (U+2400...), bidirectional controls go, formulas are set
/// aside, short delimiter rows are widened, and bracket notes ("[1]: page 3") are kept from being read as link
/// definitions.
MarkdownSource prepareMarkdown(QStringView text);

/// Without the last line while that line may still turn out to be markup ("-", "1.", "|--", a table's first row).
QStringView withoutUnfinishedLine(QStringView text);

}  // namespace lares::ui

// Markdown, as language models write it, cut into blocks for a flat list: one block, one row of the chat.
// Not a renderer and not a network client: images become links, raw HTML is shown as the text it is, and the only
// markup in a block is made and escaped here. Grammar: CommonMark 0.31 with GFM tables, strikethrough, task lists and
// plain web addresses, read by md4c; `<think>` sections and formulas are found before md4c sees the text.
#pragma once

#include <QString>
#include <QStringList>
#include <QVector>

namespace lares::ui {

struct Block {
    enum class Kind { paragraph, heading, listItem, table, code, rule, thinking };
    enum class Task { none, open, done };

    Kind kind = Kind::paragraph;
    int level = 0;       ///< heading: 1..6
    int listDepth = 0;   ///< 0 outside lists; a list item and whatever stands inside it: 1 for the outermost list
    int quoteDepth = 0;  ///< 0 outside quotes
    QString marker;      ///< list item: "•" or "7."; empty for further blocks of the same item
    Task task = Task::none;
    QString html;             ///< paragraph, heading, list item: inline markup only (b, i, s, code, a, br), no colours
    QString text;             ///< the same as plain text; code: the code; thinking: its Markdown source
    QString language;         ///< code: the first word after the fence, may be empty
    int columns = 0;          ///< table
    QVector<int> alignments;  ///< table: one Qt::AlignmentFlag per column
    QStringList cells, cellTexts;  ///< table: row by row, header first, `columns` each; inline markup and plain text
    bool closed = true;            ///< thinking: its end tag has come

    bool operator==(const Block&) const = default;
};

enum class TextEnd {
    complete,  ///< all of the text is here
    growing,   ///< more will come: a last line that may yet turn out to be markup is held back
};

/// Never fails: what is not understood is shown as text. Time and depth are bounded by the length of the text.
QVector<Block> parseBlocks(QStringView markdown, TextEnd end = TextEnd::complete);

/// The answer without the thinking that may stand before it.
QString withoutThinking(QStringView markdown);

/// Plain text to markup: everything escaped, line ends kept as `<br>`.
QString escapedHtml(QStringView text);

/// Whether a link may be followed: absolute http, https or mailto.
bool isSafeLink(QStringView url);

}  // namespace lares::ui

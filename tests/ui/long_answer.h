// An answer as models write them, of any length: headings, paragraphs with emphasis, lists, tables and code in turn.
#pragma once

#include <QString>

namespace lares::ui {

/// About `words` words, always the same ones.
inline QString longAnswer(int words) {
    const QString paragraph = QStringLiteral(
        "The **inlet** temperature fell below the limit that the manual gives for this unit, which [it "
        "explains](https://a.example/m) "
        "by a *clogged filter*; run `read_log --month 3` once more and compare the figures of the second week with "
        "those "
        "of the first before anything is ordered or taken apart.\n\n");
    const QString list = QStringLiteral(
        "- first **check** the filter\n- then the pump\n  1. its pressure\n  2. its `noise`\n- call for help\n\n");
    const QString table = QStringLiteral(
        "| Reading | Normal | Fault |\n|:--|:-:|--:|\n| Brine | 0 to 12 | below 5 |\n| Flow | 28 | 62 |\n\n");
    const QString code = QStringLiteral(
        "```python\nimport csv\nwith open(\"log.csv\") as log:\n    for row in csv.reader(log):\n        "
        "print(row)\n```\n\n");
    QString text;
    int count = 0;
    for (int part = 0; count < words; ++part) {
        if (part % 6 == 0) text += QStringLiteral("## Part %1\n\n").arg(part / 6 + 1);
        const QString& next = part % 6 == 2 ? list : part % 6 == 4 ? table : part % 6 == 5 ? code : paragraph;
        text += next;
        count += int(next.count(u' ')) + 1;
    }
    return text;
}

}  // namespace lares::ui

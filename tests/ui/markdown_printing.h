// Blocks as one line of text each, so that a failing test shows what was read.
#pragma once

#include "ui/chat/markdown_blocks.h"

#include <QStringList>

namespace lares::ui {

/// "paragraph: html", "item•1 html", "code[python] text" ... with ">" per quote depth and "." per list depth in front.
inline QString printed(const Block& block) {
    QString line = QString(block.quoteDepth, u'>') + QString(block.listDepth, u'.');
    switch (block.kind) {
        case Block::Kind::paragraph:
            line += QStringLiteral("p ") + block.html;
            break;
        case Block::Kind::heading:
            line += QStringLiteral("h%1 ").arg(block.level) + block.html;
            break;
        case Block::Kind::listItem:
            line += block.marker;
            line += block.task == Block::Task::open   ? QStringLiteral("[ ]")
                    : block.task == Block::Task::done ? QStringLiteral("[x]")
                                                      : QString();
            line += u' ' + block.html;
            break;
        case Block::Kind::table:
            line += QStringLiteral("table%1 ").arg(block.columns) + block.cells.join(u'|');
            break;
        case Block::Kind::code:
            line += QStringLiteral("code[%1] ").arg(block.language) + block.text;
            break;
        case Block::Kind::rule:
            line += QStringLiteral("rule");
            break;
        case Block::Kind::thinking:
            line += QStringLiteral("think%1 ").arg(block.closed ? QString() : QStringLiteral("...")) + block.text;
            break;
    }
    return line;
}

inline QStringList printed(const QVector<Block>& blocks) {
    QStringList lines;
    for (const Block& block : blocks) lines += printed(block);
    return lines;
}

}  // namespace lares::ui

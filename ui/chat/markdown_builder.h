// Turns md4c's callbacks into blocks. Used by parseBlocks() alone.
#pragma once

#include "ui/chat/markdown_blocks.h"
#include "ui/chat/markdown_source.h"

#include <md4c.h>

namespace lares::ui {

class MarkdownBuilder {
 public:
    explicit MarkdownBuilder(const MarkdownSource& source);

    void enterBlock(MD_BLOCKTYPE type, const void* detail);
    void leaveBlock(MD_BLOCKTYPE type);
    void enterSpan(MD_SPANTYPE type, const void* detail);
    void leaveSpan(MD_SPANTYPE type);
    void text(MD_TEXTTYPE type, QByteArrayView utf8);
    QVector<Block> takeBlocks();

 private:
    struct List {
        bool ordered = false;
        uint number = 0;
        QString delimiter;
        bool markerPending = false;  ///< the item has no row yet
        Block::Task task = Block::Task::none;
    };
    struct Link {
        QString target;
        bool anchor = false;  ///< an <a> was opened for it
        bool image = false;
        qsizetype textStart = 0;  ///< of its words in m_text
    };

    Block startBlock(Block::Kind kind) const;
    void flushInline(Block::Kind kind, int level = 0);
    void showPendingMarkers();
    void openLink(const MD_ATTRIBUTE& target, bool image);
    void closeLink();
    void appendText(const QString& words);
    QString attributeText(const MD_ATTRIBUTE& attribute) const;

    const MarkdownSource& m_source;
    QVector<Block> m_blocks;
    QString m_html, m_text;  ///< of the block being read
    QVector<List> m_lists;
    QVector<Link> m_links;
    Block m_table;
    QString m_language;
    int m_quoteDepth = 0;
    int m_headingLevel = 0;
    int m_codeSpans = 0;
    bool m_inCode = false, m_inCell = false, m_inLeaf = false;
    qsizetype m_linkBudget;
};

}  // namespace lares::ui

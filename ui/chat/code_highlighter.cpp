#include "ui/chat/code_highlighter.h"

#include <algorithm>

namespace lares::ui {

void CodeHighlighter::setTextDocument(QQuickTextDocument* document) {
    if (document == m_textDocument) return;
    m_textDocument = document;
    setDocument(document == nullptr ? nullptr : document->textDocument());
    emit changed();
}

void CodeHighlighter::setLanguage(const QString& name) {
    if (name == m_name) return;
    m_name = name;
    m_language = codeLanguage(name);
    renew();
}

void CodeHighlighter::setKeyword(const QColor& color) {
    if (std::exchange(m_keyword, color) != color) renew();
}

void CodeHighlighter::setString(const QColor& color) {
    if (std::exchange(m_string, color) != color) renew();
}

void CodeHighlighter::setComment(const QColor& color) {
    if (std::exchange(m_comment, color) != color) renew();
}

void CodeHighlighter::renew() {
    if (document() != nullptr) rehighlight();
    emit changed();
}

void CodeHighlighter::highlightBlock(const QString& text) {
    if (m_language == nullptr) return;
    int state = std::max(0, previousBlockState());
    for (const CodeSpan& span : codeSpans(text, *m_language, state)) {
        const QColor color = span.kind == CodeSpan::Kind::keyword   ? m_keyword
                             : span.kind == CodeSpan::Kind::comment ? m_comment
                                                                    : m_string;
        setFormat(span.start, span.length, color);
    }
    setCurrentBlockState(state);
}

}  // namespace lares::ui

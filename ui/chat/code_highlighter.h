// The colours of a code block: QSyntaxHighlighter over the document of its TextEdit. What is coloured is
// code_language.h's. A block still being written is coloured once it is finished when it is long: again at every update
// would cost more than the text itself.
#pragma once

#include "ui/chat/code_language.h"

#include <QColor>
#include <QQmlEngine>
#include <QQuickTextDocument>
#include <QSyntaxHighlighter>

namespace lares::ui {

class CodeHighlighter : public QSyntaxHighlighter {
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(QQuickTextDocument* document READ textDocument WRITE setTextDocument NOTIFY changed FINAL)
    Q_PROPERTY(QString language READ language WRITE setLanguage NOTIFY changed FINAL)
    Q_PROPERTY(QColor keyword READ keyword WRITE setKeyword NOTIFY changed FINAL)
    Q_PROPERTY(QColor string READ string WRITE setString NOTIFY changed FINAL)  ///< of numbers too
    Q_PROPERTY(QColor comment READ comment WRITE setComment NOTIFY changed FINAL)

 public:
    explicit CodeHighlighter(QObject* parent = nullptr) : QSyntaxHighlighter(parent) {}

    QQuickTextDocument* textDocument() const { return m_textDocument; }
    void setTextDocument(QQuickTextDocument* document);
    QString language() const { return m_name; }
    void setLanguage(const QString& name);
    QColor keyword() const { return m_keyword; }
    void setKeyword(const QColor& color);
    QColor string() const { return m_string; }
    void setString(const QColor& color);
    QColor comment() const { return m_comment; }
    void setComment(const QColor& color);

 signals:
    void changed();

 protected:
    void highlightBlock(const QString& text) override;

 private:
    void renew();

    QQuickTextDocument* m_textDocument = nullptr;
    QString m_name;
    const CodeLanguage* m_language = nullptr;
    QColor m_keyword, m_string, m_comment;
};

}  // namespace lares::ui

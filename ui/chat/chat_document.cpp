// Only markup that Qt's rich text knows as well as browsers do, so that both come from one page.
#include "ui/chat/chat_document.h"

#include "ui/chat/markdown_blocks.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QTextDocument>

namespace lares::ui {
namespace {

constexpr int kIndentPx = 24;
constexpr int kMarginMm = 20;
constexpr int kPixelsPerInch = 96;

const QString kStyle = QStringLiteral(
    "body{font-family:sans-serif;font-size:11pt;line-height:145%;max-width:46em;margin:2em auto;padding:0 1em}"
    "h1{font-size:18pt}h2{font-size:11pt;color:#56605b;margin-top:1.6em}"
    "pre{font-family:monospace;background-color:#f3f5f4;white-space:pre-wrap}code{font-family:monospace}"
    "table{border-collapse:collapse}td,th{border:1px solid #c6cdc9;padding:4px 8px;text-align:left}"
    ".thought,.file{color:#56605b}");

QString tr(const char* text) {
    return QCoreApplication::translate("Export", text);
}

QString tableHtml(const Block& block) {
    QString html = QStringLiteral("<table border=\"1\" cellspacing=\"0\" cellpadding=\"4\">");
    for (int i = 0; i < block.cells.size(); ++i) {
        const bool head = i < block.columns;
        if (i % block.columns == 0) html += QStringLiteral("<tr>");
        html += (head ? QStringLiteral("<th>%1</th>") : QStringLiteral("<td>%1</td>")).arg(block.cells[i]);
        if (i % block.columns == block.columns - 1) html += QStringLiteral("</tr>");
    }
    return html + QStringLiteral("</table>");
}

QString contentHtml(const Block& block) {
    switch (block.kind) {
        case Block::Kind::heading:
            return QStringLiteral("<p><b>%1</b></p>").arg(block.html);
        case Block::Kind::listItem: {
            const QString task = block.task == Block::Task::done   ? QStringLiteral("☑ ")
                                 : block.task == Block::Task::open ? QStringLiteral("☐ ")
                                                                   : QString();
            return QStringLiteral("<p>%1 %2%3</p>").arg(block.marker.toHtmlEscaped(), task, block.html);
        }
        case Block::Kind::table:
            return block.columns > 0 ? tableHtml(block) : QString();
        case Block::Kind::code:
            return QStringLiteral("<pre>%1</pre>").arg(block.text.toHtmlEscaped());
        case Block::Kind::rule:
            return QStringLiteral("<hr>");
        case Block::Kind::thinking:
            return QStringLiteral("<p class=\"thought\"><i>%1</i></p>").arg(escapedHtml(block.text));
        case Block::Kind::paragraph:
            return QStringLiteral("<p>%1</p>").arg(block.html);
    }
    Q_UNREACHABLE();
}

QString blockHtml(const Block& block) {
    const int depth = block.quoteDepth + block.listDepth;
    const QString html = contentHtml(block);
    return depth == 0 ? html
                      : QStringLiteral("<div style=\"margin-left:%1px\">%2</div>").arg(depth * kIndentPx).arg(html);
}

QString messageHtml(const app::ExportedMessage& message) {
    QString html = QStringLiteral("<h2>%1</h2>").arg(message.heading.toHtmlEscaped());
    for (const app::ChatAttachment& file : message.attachments) {
        html += QStringLiteral("<p class=\"file\">%1</p><pre>%2</pre>")
                    .arg(tr("File: %1").arg(file.name).toHtmlEscaped(), file.text.toHtmlEscaped());
    }
    if (message.mine) return html + QStringLiteral("<p>%1</p>").arg(escapedHtml(message.text));
    for (const Block& block : parseBlocks(message.text)) html += blockHtml(block);
    return html;
}

QString page(const QList<app::ExportedChat>& chats) {
    const QString title = chats.size() == 1 ? chats.first().title : tr("Chats");
    QString html = QStringLiteral(
                       "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>%1</title><style>%2</style>"
                       "</head><body>")
                       .arg(title.toHtmlEscaped(), kStyle);
    for (const app::ExportedChat& chat : chats) {
        html += QStringLiteral("<h1>%1</h1>").arg(chat.title.toHtmlEscaped());
        for (const app::ExportedMessage& message : chat.messages) html += messageHtml(message);
    }
    return html + QStringLiteral("</body></html>\n");
}

}  // namespace

QByteArray chatsToHtml(const QList<app::ExportedChat>& chats) {
    return page(chats).toUtf8();
}

QByteArray chatsToPdf(const QList<app::ExportedChat>& chats) {
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setCreator(QStringLiteral("Lares"));
    writer.setTitle(chats.size() == 1 ? chats.first().title : tr("Chats"));
    writer.setResolution(kPixelsPerInch);
    writer.setPageSize(QPageSize(QPageSize::A4));
    writer.setPageMargins(QMarginsF(kMarginMm, kMarginMm, kMarginMm, kMarginMm), QPageLayout::Millimeter);
    QTextDocument document;
    document.setHtml(page(chats));
    const QRectF body(QPointF(), writer.pageLayout().paintRectPixels(kPixelsPerInch).size());
    const qreal footHeight = 24;
    const QSizeF size(body.width(), body.height() - footHeight);
    document.setPageSize(size);
    QPainter painter(&writer);
    for (int number = 0; number < document.pageCount(); ++number) {
        if (number > 0) writer.newPage();
        painter.save();
        painter.translate(0, -number * size.height());
        document.drawContents(&painter, QRectF(0, number * size.height(), size.width(), size.height()));
        painter.restore();
        painter.drawText(QRectF(0, size.height(), size.width(), footHeight), Qt::AlignRight | Qt::AlignBottom,
                         tr("%1 of %2").arg(number + 1).arg(document.pageCount()));
    }
    painter.end();
    return buffer.data();
}

}  // namespace lares::ui

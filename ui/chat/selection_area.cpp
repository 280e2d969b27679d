#include "ui/chat/selection_area.h"

#include "ui/chat/markdown_blocks.h"
#include "ui/chat/message_blocks_model.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QScopedValueRollback>
#include <QStyleHints>
#include <QTextBoundaryFinder>
#include <QTextDocument>

#include <algorithm>
#include <limits>

namespace lares::ui {
namespace {

constexpr int kScrollEveryMs = 16;
constexpr qreal kEdge = 24;      // from here on a drag scrolls
constexpr qreal kFastest = 1.0;  // of the way past the edge, per tick

std::pair<int, int> wordAt(const QString& text, int character) {
    QTextBoundaryFinder finder(QTextBoundaryFinder::Word, text);
    finder.setPosition(qBound(0, character, int(text.size())));
    if (!finder.isAtBoundary()) finder.toPreviousBoundary();
    const int start = int(qMax<qsizetype>(finder.position(), 0));
    const auto end = finder.toNextBoundary();
    return {start, end < 0 ? int(text.size()) : int(end)};
}

}  // namespace

SelectionArea::SelectionArea(QQuickItem* parent) : QQuickItem(parent) {
    setAcceptedMouseButtons(Qt::LeftButton);
    m_scrollTimer.setInterval(kScrollEveryMs);
    connect(&m_scrollTimer, &QTimer::timeout, this, &SelectionArea::scrollAtEdge);
}

void SelectionArea::setView(QQuickItem* view) {
    if (view == m_view) return;
    m_view = view;
    emit viewChanged();
}

void SelectionArea::setBlocks(MessageBlocksModel* blocks) {
    if (blocks == m_blocks) return;
    if (m_blocks) m_blocks->disconnect(this);
    m_blocks = blocks;
    clear();
    if (m_blocks) {
        // Rows only come and go at a chat's end; what is selected above stays what it is.
        const auto clearFrom = [this](const QModelIndex&, int first) {
            if (first <= std::max(m_anchor, m_head).row) clear();
        };
        connect(m_blocks, &QAbstractItemModel::modelReset, this, &SelectionArea::clear);
        connect(m_blocks, &QAbstractItemModel::rowsInserted, this, clearFrom);
        connect(m_blocks, &QAbstractItemModel::rowsRemoved, this, clearFrom);
    }
    emit blocksChanged();
}

// --- delegates
// ----------------------------------------------------------------------------------------------------------

void SelectionArea::attach(QQuickItem* edit, int row) {
    if (edit == nullptr) return;
    const bool known = m_edits.contains(edit);
    m_edits[edit] = {edit, row};
    if (!known) {
        connect(edit, SIGNAL(textChanged()), this, SLOT(showAgain()));
        connect(edit, &QObject::destroyed, this, [this](QObject* gone) { m_edits.erase(gone); });
    }
    show(m_edits[edit]);
}

void SelectionArea::detach(QQuickItem* edit) {
    if (m_edits.erase(edit) == 0) return;
    edit->disconnect(this);
    QMetaObject::invokeMethod(edit, "deselect");
}

void SelectionArea::showAgain() {
    const auto found = m_edits.find(sender());
    if (found != m_edits.end()) show(found->second);
}

void SelectionArea::show(const Edit& edit) {
    // Selecting makes a TextEdit say that its text changed (Qt 6.4), which leads back here.
    if (m_showing) return;
    const QScopedValueRollback<bool> showing(m_showing, true);
    const Position from = std::min(m_anchor, m_head), to = std::max(m_anchor, m_head);
    if (!hasSelection() || edit.row < from.row || edit.row > to.row) {
        QMetaObject::invokeMethod(edit.item, "deselect");
        return;
    }
    const int length = edit.item->property("length").toInt();
    const int start = edit.row == from.row ? qMin(from.character, length) : 0;
    const int end = edit.row == to.row ? qMin(to.character, length) : length;
    QMetaObject::invokeMethod(edit.item, "select", Q_ARG(int, start), Q_ARG(int, end));
}

const SelectionArea::Edit* SelectionArea::editAt(QPointF point, bool nearest) const {
    const Edit* best = nullptr;
    qreal bestDistance = std::numeric_limits<qreal>::max();
    for (const auto& [key, edit] : m_edits) {
        if (!edit.item || !edit.item->isVisible()) continue;
        const QRectF area = edit.item->mapRectToItem(this, edit.item->boundingRect());
        if (area.contains(point)) return &edit;
        if (!nearest) continue;
        const qreal distance = point.y() < area.top() ? area.top() - point.y() : qMax(0.0, point.y() - area.bottom());
        if (distance < bestDistance) {
            bestDistance = distance;
            best = &edit;
        }
    }
    return best;
}

SelectionArea::Position SelectionArea::positionIn(const Edit& edit, QPointF point) const {
    const QPointF local = mapToItem(edit.item, point);
    int character = 0;
    QMetaObject::invokeMethod(edit.item, "positionAt", Q_RETURN_ARG(int, character), Q_ARG(qreal, local.x()),
                              Q_ARG(qreal, local.y()));
    return {edit.row, character};
}

// --- selecting
// ----------------------------------------------------------------------------------------------------------

void SelectionArea::setSelection(Position anchor, Position head) {
    if (anchor == m_anchor && head == m_head) return;
    m_anchor = anchor;
    m_head = head;
    for (const auto& [key, edit] : m_edits) {
        if (edit.item) show(edit);
    }
    emit selectionChanged();
}

void SelectionArea::clear() {
    setSelection({}, {});
}

void SelectionArea::selectMessage(int row) {
    if (!m_blocks) return;
    const auto [first, end] = m_blocks->messageRows(row);
    Position anchor, head;
    for (int i = first; i < end; ++i) {
        if (!isText(i)) continue;
        if (anchor.row < 0) anchor = {i, 0};
        head = {i, int(rowText(i).size())};
    }
    if (anchor.row >= 0) setSelection(anchor, head);
}

void SelectionArea::selectCurrentMessage() {
    if (m_blocks) selectMessage(m_head.row >= 0 ? m_head.row : m_blocks->rowCount() - 1);
}

bool SelectionArea::isText(int row) const {
    const QModelIndex index = m_blocks->index(row);
    switch (index.data(MessageBlocksModel::KindRole).toInt()) {
        case MessageBlocksModel::Head:
        case MessageBlocksModel::Foot:
        case MessageBlocksModel::Rule:
            return false;
        case MessageBlocksModel::Thinking:
            return index.data(MessageBlocksModel::OpenRole).toBool();
        default:
            return true;
    }
}

// As a TextEdit showing this row counts its characters.
QString SelectionArea::rowText(int row) const {
    const QModelIndex index = m_blocks->index(row);
    const QString html = index.data(MessageBlocksModel::HtmlRole).toString();
    if (html.isEmpty()) return index.data(MessageBlocksModel::PlainRole).toString();
    QTextDocument document;
    document.setHtml(html);
    return document.toPlainText();
}

QString SelectionArea::selectedText() const {
    if (!m_blocks || !hasSelection()) return {};
    const Position from = std::min(m_anchor, m_head), to = std::max(m_anchor, m_head);
    QString out;
    bool afterItem = false;
    for (int row = from.row; row <= to.row && row < m_blocks->rowCount(); ++row) {
        if (!isText(row)) continue;
        QString text = rowText(row);
        if (row == to.row) text.truncate(to.character);
        const QString marker = m_blocks->index(row).data(MessageBlocksModel::MarkerRole).toString();
        if (row == from.row) text.remove(0, from.character);
        if (text.isEmpty()) continue;
        const bool whole = row != from.row || from.character == 0;
        if (!marker.isEmpty() && whole) text.prepend(marker + u' ');
        if (!out.isEmpty()) out += afterItem && !marker.isEmpty() ? QStringLiteral("\n") : QStringLiteral("\n\n");
        out += text;
        afterItem = !marker.isEmpty();
    }
    return out;
}

void SelectionArea::copy() const {
    const QString text = selectedText();
    if (!text.isEmpty()) QGuiApplication::clipboard()->setText(text);
}

// --- the mouse
// ----------------------------------------------------------------------------------------------------------

void SelectionArea::mousePressEvent(QMouseEvent* event) {
    const Edit* edit = editAt(event->position(), false);
    if (edit == nullptr || !m_blocks) {
        clear();
        event->ignore();
        return;
    }
    event->accept();
    setKeepMouseGrab(true);
    m_pressing = true;
    m_dragging = false;
    m_pressed = m_last = event->position();
    const Position here = positionIn(*edit, event->position());
    const bool third = m_sinceDoubleClick.isValid() &&
                       !m_sinceDoubleClick.hasExpired(QGuiApplication::styleHints()->mouseDoubleClickInterval());
    m_sinceDoubleClick.invalidate();
    if (third) {
        setSelection({here.row, 0}, {here.row, int(rowText(here.row).size())});
        m_pressing = false;
    } else if (event->modifiers().testFlag(Qt::ShiftModifier) && m_anchor.row >= 0) {
        setSelection(m_anchor, here);
    } else {
        setSelection(here, here);
    }
}

void SelectionArea::mouseDoubleClickEvent(QMouseEvent* event) {
    const Edit* edit = editAt(event->position(), false);
    if (edit == nullptr || !m_blocks) {
        event->ignore();
        return;
    }
    event->accept();
    const Position here = positionIn(*edit, event->position());
    const auto [start, end] = wordAt(rowText(here.row), here.character);
    setSelection({here.row, start}, {here.row, end});
    m_pressing = false;
    m_sinceDoubleClick.start();
}

void SelectionArea::mouseMoveEvent(QMouseEvent* event) {
    if (!m_pressing) return;
    m_last = event->position();
    if (!m_dragging) {
        const qreal moved = (m_last - m_pressed).manhattanLength();
        if (moved < QGuiApplication::styleHints()->startDragDistance()) return;
        m_dragging = true;
    }
    dragTo(m_last);
    const bool atEdge = m_last.y() < kEdge || m_last.y() > height() - kEdge;
    if (atEdge && !m_scrollTimer.isActive()) m_scrollTimer.start();
    if (!atEdge) m_scrollTimer.stop();
}

void SelectionArea::dragTo(QPointF point) {
    const Edit* edit = editAt(point, true);
    if (edit != nullptr) setSelection(m_anchor, positionIn(*edit, point));
}

void SelectionArea::scrollAtEdge() {
    if (!m_view || !m_dragging) {
        m_scrollTimer.stop();
        return;
    }
    const qreal past = m_last.y() < kEdge ? m_last.y() - kEdge : m_last.y() - (height() - kEdge);
    const qreal top = m_view->property("originY").toReal();
    const qreal bottom = qMax(top, top + m_view->property("contentHeight").toReal() - m_view->height());
    const qreal now = m_view->property("contentY").toReal();
    const qreal next = qBound(top, now + past * kFastest, bottom);
    if (next != now) m_view->setProperty("contentY", next);
    dragTo(m_last);
}

void SelectionArea::mouseReleaseEvent(QMouseEvent* event) {
    m_scrollTimer.stop();
    setKeepMouseGrab(false);
    if (!m_pressing) return;
    m_pressing = false;
    if (m_dragging) {
        m_dragging = false;
        return;
    }
    const Edit* edit = editAt(event->position(), false);
    if (edit == nullptr) return;
    const QPointF local = mapToItem(edit->item, event->position());
    QString link;
    QMetaObject::invokeMethod(edit->item, "linkAt", Q_RETURN_ARG(QString, link), Q_ARG(qreal, local.x()),
                              Q_ARG(qreal, local.y()));
    if (isSafeLink(link)) emit linkActivated(link);
}

void SelectionArea::mouseUngrabEvent() {
    m_scrollTimer.stop();
    m_pressing = m_dragging = false;
}

}  // namespace lares::ui

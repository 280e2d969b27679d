// Text selection over the rows of a list: press, drag across any number of blocks, copy.
// Lies over the ListView as its sibling, same size. Not a text item: delegates lend it their TextEdit with attach().
// A press outside any text is passed on, so buttons and wheel below go on working.
#pragma once

#include <QElapsedTimer>
#include <QPointer>
#include <QQuickItem>
#include <QTimer>

#include <map>

namespace lares::ui {

class MessageBlocksModel;

/// QML: SelectionArea { anchors.fill: list; view: list; blocks: chat.blocks }
/// Delegate: TextEdit { readOnly: true; selectByMouse: false; persistentSelection: true }
/// calls area.attach(edit, index) on completion, when the index changes and when reused (onReused),
/// and area.detach(edit) on destruction and when pooled (onPooled). A TextEdit shows the row's html or plain role.
class SelectionArea : public QQuickItem {
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(QQuickItem* view READ view WRITE setView NOTIFY viewChanged FINAL)  ///< the ListView
    Q_PROPERTY(lares::ui::MessageBlocksModel* blocks READ blocks WRITE setBlocks NOTIFY blocksChanged FINAL)
    Q_PROPERTY(bool hasSelection READ hasSelection NOTIFY selectionChanged FINAL)

 public:
    explicit SelectionArea(QQuickItem* parent = nullptr);

    QQuickItem* view() const { return m_view; }
    void setView(QQuickItem* view);
    MessageBlocksModel* blocks() const { return m_blocks; }
    void setBlocks(lares::ui::MessageBlocksModel* blocks);
    bool hasSelection() const { return m_anchor.row >= 0 && m_anchor != m_head; }

    Q_INVOKABLE void attach(QQuickItem* edit, int row);
    Q_INVOKABLE void detach(QQuickItem* edit);
    Q_INVOKABLE QString selectedText() const;  ///< read from the model, not from what happens to be on screen
    Q_INVOKABLE void copy() const;
    Q_INVOKABLE void clear();
    Q_INVOKABLE void selectMessage(int row);  ///< everything of the message that `row` belongs to
    Q_INVOKABLE void selectCurrentMessage();  ///< the one touched last, else the last: Ctrl+A

 signals:
    void viewChanged();
    void blocksChanged();
    void selectionChanged();
    void linkActivated(const QString& url);  ///< a click without a drag on a link; http, https and mailto only

 protected:
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void mouseUngrabEvent() override;

 private slots:
    void showAgain();  ///< a TextEdit whose text changed has lost its selection

 private:
    struct Position {
        int row = -1;
        int character = 0;
        bool operator==(const Position&) const = default;
        bool operator<(const Position& other) const {
            return row < other.row || (row == other.row && character < other.character);
        }
    };
    struct Edit {
        QPointer<QQuickItem> item;
        int row = -1;
    };

    const Edit* editAt(QPointF point, bool nearest) const;
    Position positionIn(const Edit& edit, QPointF point) const;
    void setSelection(Position anchor, Position head);
    void show(const Edit& edit);
    void dragTo(QPointF point);
    void scrollAtEdge();
    bool isText(int row) const;
    QString rowText(int row) const;

    QPointer<QQuickItem> m_view;
    QPointer<MessageBlocksModel> m_blocks;
    std::map<QObject*, Edit> m_edits;  ///< live text items and the row each shows
    Position m_anchor, m_head;
    QPointF m_pressed, m_last;
    bool m_pressing = false, m_dragging = false, m_showing = false;
    QElapsedTimer m_sinceDoubleClick;  ///< for triple clicks
    QTimer m_scrollTimer;
};

}  // namespace lares::ui

// Selecting over the rows of a real ListView with a real mouse: what is copied, what is passed on, what survives.
#include "ui/chat/message_blocks_model.h"
#include "ui/chat/selection_area.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QQmlComponent>
#include <QQmlEngine>
#include <QQuickItem>
#include <QQuickWindow>
#include <QSignalSpy>
#include <QStyleHints>
#include <QTest>

using namespace lares::ui;

namespace {

const char* const kScene = R"(
import QtQuick
import Lares.Ui
Item {
    id: scene
    required property MessageBlocksModel blocks
    property int pressed: 0
    property alias area: area
    property alias list: list
    width: 400; height: 300
    ListView {
        id: list
        anchors.fill: parent
        model: scene.blocks
        cacheBuffer: 0
        reuseItems: true
        interactive: false
        delegate: Item {
            id: row
            required property int index
            required property int kind
            required property string html
            required property string plain
            readonly property bool isText: kind !== MessageBlocksModel.Head && kind !== MessageBlocksModel.Foot
            width: 400
            height: isText ? edit.implicitHeight : 20
            ListView.onPooled: area.detach(edit)
            ListView.onReused: if (isText) area.attach(edit, index)
            onIndexChanged: if (isText) area.attach(edit, index)
            TextEdit {
                id: edit
                objectName: "edit" + row.index
                visible: row.isText
                width: parent.width - 100
                text: row.html !== "" ? row.html : row.plain
                textFormat: row.html !== "" ? TextEdit.RichText : TextEdit.PlainText
                wrapMode: TextEdit.Wrap
                readOnly: true
                selectByMouse: false
                persistentSelection: true
                font.pixelSize: 16
                Component.onCompleted: if (row.isText) area.attach(edit, row.index)
                Component.onDestruction: area.detach(edit)
            }
            MouseArea {
                x: 320; width: 80; height: parent.height
                onPressed: scene.pressed += 1
            }
        }
    }
    SelectionArea { id: area; anchors.fill: list; view: list; blocks: scene.blocks }
}
)";

MessageEntry entry(qint64 id, MessageEntry::Author author, const QString& text) {
    MessageEntry message;
    message.id = id;
    message.author = author;
    message.text = text;
    return message;
}

// Delegates have no QObject parent: they are found among the items.
QQuickItem* itemNamed(QQuickItem* root, const QString& name) {
    if (root->objectName() == name && root->isVisible()) return root;
    for (QQuickItem* child : root->childItems()) {
        if (QQuickItem* found = itemNamed(child, name)) return found;
    }
    return nullptr;
}

constexpr auto kUser = MessageEntry::Author::user;
constexpr auto kAssistant = MessageEntry::Author::assistant;

}  // namespace

class SelectionAreaTest : public QObject {
    Q_OBJECT

 private slots:
    void init();
    void cleanup();
    void dragOverBlocks();
    void dragUpwards();
    void partsOfOneBlock();
    void clickClears();
    void pressesOutsideTextPassOn();
    void doubleAndTripleClick();
    void shiftClickExtends();
    void wholeMessage();
    void linksOpenOnClick();
    void selectionSurvivesScrollingAndGrowth();
    void edgeScrolls();
    void rowsGoneClearIt();

 private:
    // Where a character of a row stands in the window.
    QPoint at(int row, int character) const {
        QQuickItem* edit = itemNamed(view->contentItem(), QStringLiteral("edit%1").arg(row));
        if (edit == nullptr) qFatal("row %d is not on screen", row);
        QRectF rectangle;
        QMetaObject::invokeMethod(edit, "positionToRectangle", Q_RETURN_ARG(QRectF, rectangle), Q_ARG(int, character));
        return edit->mapToScene(rectangle.center()).toPoint();
    }
    void drag(QPoint from, QPoint to) const {
        QTest::mousePress(view.get(), Qt::LeftButton, {}, from);
        QTest::mouseMove(view.get(), from + (to - from) / 2);
        QTest::mouseMove(view.get(), to);
        QTest::mouseRelease(view.get(), Qt::LeftButton, {}, to);
    }
    void pause() const { QTest::qWait(QGuiApplication::styleHints()->mouseDoubleClickInterval() + 50); }
    QString shownSelection(int row) const {
        const QQuickItem* edit = itemNamed(view->contentItem(), QStringLiteral("edit%1").arg(row));
        return edit != nullptr ? edit->property("selectedText").toString() : QStringLiteral("no such row");
    }

    std::unique_ptr<MessageBlocksModel> blocks;
    std::unique_ptr<QQmlEngine> engine;
    std::unique_ptr<QQuickItem> scene;
    std::unique_ptr<QQuickWindow> view;
    SelectionArea* area = nullptr;
};

void SelectionAreaTest::init() {
    QGuiApplication::styleHints()->setMouseDoubleClickInterval(150);
    blocks = std::make_unique<MessageBlocksModel>();
    blocks->setMessages({entry(1, kUser, QStringLiteral("A question")),
                         entry(2, kAssistant,
                               QStringLiteral("First **bold** words\n\n- one\n- two\n\n```c\nint x;\n```\n\n"
                                              "[link](https://a.example/x) end"))});
    // rows: 0 head 1 prompt 2 foot | 3 head 4 paragraph 5 item 6 item 7 code 8 paragraph 9 foot
    engine = std::make_unique<QQmlEngine>();
    engine->addImportPath(QStringLiteral("qrc:/qt/qml"));
    QQmlComponent component(engine.get());
    component.setData(kScene, QUrl());
    QVERIFY2(component.isReady(), qPrintable(component.errorString()));
    scene.reset(qobject_cast<QQuickItem*>(
        component.createWithInitialProperties({{QStringLiteral("blocks"), QVariant::fromValue(blocks.get())}})));
    QVERIFY2(scene != nullptr, qPrintable(component.errorString()));
    view = std::make_unique<QQuickWindow>();
    scene->setParentItem(view->contentItem());
    view->resize(400, 300);
    view->show();
    QVERIFY(QTest::qWaitForWindowExposed(view.get()));
    area = scene->property("area").value<SelectionArea*>();
    QVERIFY(area != nullptr);
    QGuiApplication::clipboard()->clear();
}

void SelectionAreaTest::cleanup() {
    scene.reset();
    view.reset();
    engine.reset();
    blocks.reset();
}

void SelectionAreaTest::dragOverBlocks() {
    QSignalSpy changed(area, &SelectionArea::selectionChanged);
    drag(at(4, 6), at(7, 3));
    QVERIFY(area->hasSelection());
    QVERIFY(changed.count() > 0);
    QCOMPARE(area->selectedText(), QStringLiteral("bold words\n\n• one\n• two\n\nint"));
    QCOMPARE(shownSelection(4), QStringLiteral("bold words"));
    QCOMPARE(shownSelection(5), QStringLiteral("one"));
    QCOMPARE(shownSelection(7), QStringLiteral("int"));
    QCOMPARE(shownSelection(8), QString());
    area->copy();
    QCOMPARE(QGuiApplication::clipboard()->text(), area->selectedText());
}

void SelectionAreaTest::dragUpwards() {
    drag(at(7, 3), at(4, 6));
    QCOMPARE(area->selectedText(), QStringLiteral("bold words\n\n• one\n• two\n\nint"));
}

void SelectionAreaTest::partsOfOneBlock() {
    drag(at(4, 6), at(4, 10));
    QCOMPARE(area->selectedText(), QStringLiteral("bold"));
    drag(at(5, 1), at(5, 3));
    QCOMPARE(area->selectedText(), QStringLiteral("ne"));  // not the whole item: no marker
}

void SelectionAreaTest::clickClears() {
    drag(at(4, 0), at(4, 10));
    pause();
    QTest::mouseClick(view.get(), Qt::LeftButton, {}, at(5, 1));
    QVERIFY(!area->hasSelection());
    QCOMPARE(shownSelection(4), QString());
    area->copy();  // nothing selected: the clipboard keeps what it has
    QCOMPARE(QGuiApplication::clipboard()->text(), QString());
}

void SelectionAreaTest::pressesOutsideTextPassOn() {
    drag(at(4, 0), at(4, 10));
    const QPoint button(350, at(4, 0).y());
    QTest::mouseClick(view.get(), Qt::LeftButton, {}, button);
    QCOMPARE(scene->property("pressed").toInt(), 1);
    QVERIFY(!area->hasSelection());
}

void SelectionAreaTest::doubleAndTripleClick() {
    const QPoint point = at(4, 8);
    QTest::mouseDClick(view.get(), Qt::LeftButton, {}, point);
    QCOMPARE(area->selectedText(), QStringLiteral("bold"));
    QTest::mouseClick(view.get(), Qt::LeftButton, {}, point, 10);
    QCOMPARE(area->selectedText(), QStringLiteral("First bold words"));
}

void SelectionAreaTest::shiftClickExtends() {
    QTest::mouseClick(view.get(), Qt::LeftButton, {}, at(4, 6));
    pause();
    QTest::mouseClick(view.get(), Qt::LeftButton, Qt::ShiftModifier, at(5, 3));
    QCOMPARE(area->selectedText(), QStringLiteral("bold words\n\n• one"));
}

void SelectionAreaTest::wholeMessage() {
    area->selectCurrentMessage();  // nothing touched yet: the last one
    QCOMPARE(area->selectedText(), QStringLiteral("First bold words\n\n• one\n• two\n\nint x;\n\nlink end"));
    area->selectMessage(1);
    QCOMPARE(area->selectedText(), QStringLiteral("A question"));
    area->selectCurrentMessage();
    QCOMPARE(area->selectedText(), QStringLiteral("A question"));
    area->clear();
    QCOMPARE(area->selectedText(), QString());
}

void SelectionAreaTest::linksOpenOnClick() {
    QSignalSpy opened(area, &SelectionArea::linkActivated);
    QTest::mouseClick(view.get(), Qt::LeftButton, {}, at(8, 2));
    QCOMPARE(opened.count(), 1);
    QCOMPARE(opened[0][0].toString(), QStringLiteral("https://a.example/x"));
    pause();
    QTest::mouseClick(view.get(), Qt::LeftButton, {}, at(4, 2));
    drag(at(8, 1), at(8, 7));
    QCOMPARE(opened.count(), 1);  // no link there; a drag is no click
}

void SelectionAreaTest::selectionSurvivesScrollingAndGrowth() {
    drag(at(4, 0), at(4, 5));
    // The row's own text grows behind the selection.
    QString text = blocks->message(2)->text;
    text.replace(QStringLiteral("**bold** words"), QStringLiteral("**bold** words, and more"));
    blocks->update(2, text, MessageEntry::State::complete);
    QCOMPARE(area->selectedText(), QStringLiteral("First"));
    QCOMPARE(shownSelection(4), QStringLiteral("First"));
    // More messages below; scrolled away the row's item is used for another one, and back again.
    for (qint64 id = 3; id < 60; ++id) blocks->append(entry(id, kAssistant, QStringLiteral("Message %1").arg(id)));
    auto* list = scene->property("list").value<QQuickItem*>();
    QMetaObject::invokeMethod(list, "positionViewAtEnd");
    QTRY_VERIFY(list->property("contentY").toReal() > 1000);
    QTest::qWait(50);
    auto* content = list->property("contentItem").value<QQuickItem*>();
    for (QQuickItem* row : content->childItems()) {
        for (const QQuickItem* edit : row->childItems()) {
            if (edit->isVisible()) QCOMPARE(edit->property("selectedText").toString(), QString());
        }
    }
    QCOMPARE(area->selectedText(), QStringLiteral("First"));
    QMetaObject::invokeMethod(list, "positionViewAtBeginning");
    QTRY_COMPARE(shownSelection(4), QStringLiteral("First"));
}

void SelectionAreaTest::edgeScrolls() {
    for (qint64 id = 3; id < 30; ++id) blocks->append(entry(id, kAssistant, QStringLiteral("Message %1").arg(id)));
    auto* list = scene->property("list").value<QQuickItem*>();
    QTest::mousePress(view.get(), Qt::LeftButton, {}, at(4, 0));
    QTest::mouseMove(view.get(), QPoint(50, 200));
    QTest::mouseMove(view.get(), QPoint(50, 298));
    QTRY_VERIFY(list->property("contentY").toReal() > 200);
    QTest::mouseRelease(view.get(), Qt::LeftButton, {}, QPoint(50, 298));
    const qreal stopped = list->property("contentY").toReal();
    QTest::qWait(60);
    QCOMPARE(list->property("contentY").toReal(), stopped);
    QVERIFY(area->selectedText().startsWith(QStringLiteral("First bold words")));
    QVERIFY(area->selectedText().contains(QStringLiteral("Message 4")));
}

void SelectionAreaTest::rowsGoneClearIt() {
    drag(at(4, 0), at(7, 3));
    blocks->setMessages({entry(1, kUser, QStringLiteral("A question"))});
    QVERIFY(!area->hasSelection());
    QCOMPARE(area->selectedText(), QString());
}

QTEST_MAIN(SelectionAreaTest)
#include "tst_selection_area.moc"

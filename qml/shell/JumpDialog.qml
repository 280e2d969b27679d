// Ctrl+K: chats, messages and actions by their words. Up and Down move, Enter goes there.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style
import Lares.Ui

Dialog {
    id: dialog

    required property JumpModel jump

    signal actionChosen(int action)
    signal chatChosen(double chatId, double messageId)

    function take(row: JumpRow) {
        if (!row)
            return;
        close();
        if (row.kind === JumpModel.Action)
            actionChosen(row.verb);
        else
            chatChosen(row.chatId, row.messageId);
    }

    objectName: "jumpDialog"
    width: Math.min(560, (parent ? parent.width : 560) - 32)
    y: 64
    padding: 8
    leftPadding: 8
    rightPadding: 8
    bottomPadding: 8
    onAboutToShow: {
        jump.text = "";
        field.clear();
    }
    onOpened: field.forceActiveFocus()

    Column {
        width: parent.width
        spacing: 8
        TextField {
            id: field
            objectName: "jumpField"
            width: parent.width
            iconName: "search"
            placeholderText: qsTr("Jump to a chat, a message or an action")
            onTextEdited: dialog.jump.text = text
            Keys.onDownPressed: list.incrementCurrentIndex()
            Keys.onUpPressed: list.decrementCurrentIndex()
            onAccepted: dialog.take(list.currentItem as JumpRow)
        }
        ListView {
            id: list
            width: parent.width
            height: Math.min(contentHeight, 360)
            clip: true
            model: dialog.jump
            currentIndex: 0
            highlightMoveDuration: 0
            boundsBehavior: Flickable.StopAtBounds
            Accessible.role: Accessible.List
            Accessible.name: qsTr("Found")
            delegate: JumpRow {
                width: ListView.view.width
                highlighted: ListView.isCurrentItem
                onClicked: dialog.take(this)
            }
        }
        Label {
            visible: list.count === 0
            padding: 12
            text: qsTr("Nothing found.")
            color: Theme.text2
        }
    }
}

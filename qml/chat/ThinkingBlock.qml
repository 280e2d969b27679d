// What the model thought before it answered: folded, one click away.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style

Item {
    id: block

    required property BlockRow row

    implicitHeight: head.height + (row.open ? edit.height + 12 : 0)

    T.AbstractButton {
        id: head
        x: -6
        height: Theme.controlHeight
        width: implicitContentWidth + 16
        hoverEnabled: true
        text: block.row.thinkingDone ? qsTr("Thoughts") : qsTr("Thinking")
        onClicked: block.row.chat.blocks.toggleThinking(block.row.index)
        Accessible.role: Accessible.Button
        Accessible.name: text
        Accessible.description: block.row.open ? qsTr("Unfolded") : qsTr("Folded")

        contentItem: Row {
            spacing: 4
            leftPadding: 2
            Icon {
                anchors.verticalCenter: parent.verticalCenter
                name: block.row.open ? "down" : "right"
                size: 16
                color: head.hovered ? Theme.text : Theme.text2
            }
            Text {
                anchors.verticalCenter: parent.verticalCenter
                text: head.text
                textFormat: Text.PlainText
                font.pixelSize: 14
                color: head.hovered ? Theme.text : Theme.text2
            }
        }
        background: Item {
            FocusRing {
                visible: head.visualFocus
                gap: -4
            }
        }
    }
    Rectangle {
        visible: block.row.open
        y: head.height
        width: 2
        height: edit.height
        color: Theme.line
    }
    MessageText {
        id: edit
        row: block.row
        visible: block.row.open
        x: 16
        y: head.height
        width: block.width - x
        text: block.row.html
        font.pixelSize: 14
        color: Theme.text2
    }
}

// What you said: tinted, at the right. Beside it, while the pointer is there, what can be done with it.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style

Item {
    id: block

    required property BlockRow row
    readonly property int side: row.compact ? 12 : 16
    readonly property int widest: Math.min(Theme.bubbleWidth, width - (row.compact ? 40 : 72))
    readonly property bool busy: row.chat.busy

    implicitHeight: bubble.height

    HoverHandler {
        id: hover
    }
    Rectangle {
        id: bubble
        anchors.right: parent.right
        width: edit.width + 2 * block.side
        height: edit.height + 24
        radius: Theme.radiusCard
        color: Theme.tint

        MessageText {
            id: edit
            row: block.row
            x: block.side
            y: 12
            width: Math.min(Math.ceil(implicitWidth), block.widest - 2 * block.side)
            text: block.row.html
        }
    }
    Row {
        anchors.right: bubble.left
        anchors.rightMargin: 4
        y: 8
        visible: hover.hovered && !block.row.compact
        IconButton {
            visible: block.row.lastMessage || block.x >= 0
            size: Theme.smallHeight
            icon.name: "copy"
            text: qsTr("Copy this message")
            focusPolicy: Qt.NoFocus
            onClicked: block.row.chat.copy(block.row.messageId)
        }
    }
}

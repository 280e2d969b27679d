// What you said: tinted, at the right, with the files that came with it. Beside it, while the pointer is there or the
// keyboard, what can be done with it; below it the other wordings.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style

Item {
    id: block

    required property BlockRow row
    readonly property int side: row.compact ? 12 : 16
    readonly property int widest: Math.min(Theme.bubbleWidth, width - (row.compact ? 40 : 104))

    implicitHeight: bubble.height + (switcher.visible ? switcher.height + 4 : 0)

    HoverHandler {
        id: hover
    }
    Rectangle {
        id: bubble
        anchors.right: parent.right
        width: Math.max(edit.visible ? edit.width : 0, names.visible ? names.width : 0) + 2 * block.side
        height: (names.visible ? names.height + 8 : 0) + (edit.visible ? edit.height : -8) + 24
        radius: Theme.radiusCard
        color: Theme.tint

        Column {
            id: names
            x: block.side
            y: 12
            visible: block.row.files !== ""
            spacing: 4
            Repeater {
                model: names.visible ? block.row.files.split("\n") : []
                delegate: Pill {
                    required property string modelData
                    text: modelData
                    iconName: "file-text"
                }
            }
        }
        MessageText {
            id: edit
            row: block.row
            visible: block.row.plain !== ""
            x: block.side
            y: 12 + (names.visible ? names.height + 8 : 0)
            width: Math.min(Math.ceil(implicitWidth), block.widest - 2 * block.side)
            text: block.row.html
        }
    }
    Row {
        id: verbs
        anchors.right: bubble.left
        anchors.rightMargin: 4
        y: 8
        opacity: hover.hovered || copy.activeFocus || change.activeFocus ? 1 : 0
        visible: !block.row.compact
        IconButton {
            id: change
            objectName: "editPrompt"
            size: Theme.smallHeight
            icon.name: "edit"
            text: qsTr("Say this anew")
            enabled: !block.row.chat.busy
            onClicked: block.row.chat.edit(block.row.messageId)
        }
        IconButton {
            id: copy
            size: Theme.smallHeight
            icon.name: "copy"
            text: qsTr("Copy this message")
            onClicked: block.row.chat.copy(block.row.messageId)
        }
    }
    BranchSwitch {
        id: switcher
        anchors.right: parent.right
        anchors.top: bubble.bottom
        anchors.topMargin: 4
        row: block.row
    }
}

// One thing to jump to.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style
import Lares.Ui

T.ItemDelegate {
    id: row

    required property int kind
    required property string name
    required property string note
    required property double chatId
    required property double messageId
    required property int verb

    height: kind === JumpModel.Message ? 52 : Theme.controlHeight
    focusPolicy: Qt.NoFocus
    hoverEnabled: true
    Accessible.role: Accessible.ListItem
    Accessible.name: note === "" ? name : name + ", " + note

    background: Rectangle {
        radius: Theme.radius
        color: row.highlighted ? Theme.tint : row.hovered ? Theme.hover : "transparent"
    }
    contentItem: Item {
        Icon {
            x: 12
            y: 8
            name: row.kind === JumpModel.Action ? "right" : row.kind === JumpModel.Chat ? "chat" : "search"
        }
        Label {
            x: 44
            y: 8
            width: parent.width - x - (row.kind === JumpModel.Action ? 144 : 12)
            text: row.name
            elide: Text.ElideRight
        }
        Label {
            visible: row.kind === JumpModel.Message
            x: 44
            y: 28
            width: parent.width - x - 12
            kind: Label.Note
            text: row.note
            color: Theme.text2
            elide: Text.ElideRight
        }
        Label {
            visible: row.kind === JumpModel.Action
            anchors.right: parent.right
            anchors.rightMargin: 12
            y: 8
            width: 120
            horizontalAlignment: Text.AlignRight
            text: row.note
            color: Theme.text2
        }
    }
}

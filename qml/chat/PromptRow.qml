// One saved prompt: its name and how it begins.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style

T.ItemDelegate {
    id: row

    required property double itemId
    required property string name
    required property string note

    signal forgetWanted

    height: 48
    focusPolicy: Qt.NoFocus
    hoverEnabled: true
    Accessible.role: Accessible.ListItem
    Accessible.name: name + ", " + note

    background: Rectangle {
        radius: Theme.radius
        color: row.highlighted ? Theme.tint : row.hovered ? Theme.hover : "transparent"
    }
    contentItem: Item {
        Label {
            x: 12
            y: 4
            width: parent.width - 56
            kind: Label.Strong
            text: row.name
            elide: Text.ElideRight
        }
        Label {
            x: 12
            y: 24
            width: parent.width - 56
            kind: Label.Note
            text: row.note
            color: Theme.text2
            elide: Text.ElideRight
        }
    }
    IconButton {
        anchors.right: parent.right
        anchors.rightMargin: 6
        anchors.verticalCenter: parent.verticalCenter
        visible: row.hovered
        size: Theme.smallHeight
        iconSize: 16
        icon.name: "x"
        text: qsTr("Forget this prompt")
        focusPolicy: Qt.NoFocus
        onClicked: row.forgetWanted()
    }
}

// One model: its name, what it is, whether it is the one in use or gone from where it was.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style

T.ItemDelegate {
    id: row

    required property string name
    required property string path
    required property string detail
    required property bool missing
    required property bool current

    property bool ring: false

    signal forgetWanted

    height: 52
    focusPolicy: Qt.NoFocus
    enabled: !missing || hovered
    hoverEnabled: true
    Accessible.role: Accessible.ListItem
    Accessible.name: name + ", " + detail
    Accessible.selected: current

    background: Rectangle {
        radius: Theme.radius
        color: row.current ? (row.hovered ? Theme.tintHover : Theme.tint)
             : row.down ? Theme.pressed : row.hovered ? Theme.hover : "transparent"
        border.width: row.ring ? 2 : 0
        border.color: Theme.accent
    }
    contentItem: Item {
        Icon {
            x: 12
            anchors.verticalCenter: parent.verticalCenter
            name: row.missing ? "warn" : row.current ? "check" : "models"
            color: row.missing ? Theme.amber : row.current ? Theme.tintText : Theme.text2
        }
        Label {
            x: 44
            y: 7
            width: parent.width - x - (forget.visible ? 44 : 12)
            kind: Label.Strong
            text: row.name
            color: row.current ? Theme.tintText : row.missing ? Theme.text2 : Theme.text
            elide: Text.ElideRight
        }
        Label {
            x: 44
            y: 28
            width: parent.width - x - (forget.visible ? 44 : 12)
            kind: Label.Note
            text: row.detail
            color: row.missing ? Theme.amber : Theme.text2
            elide: Text.ElideRight
        }
    }
    IconButton {
        id: forget
        visible: row.hovered && !row.current
        anchors.right: parent.right
        anchors.rightMargin: 8
        anchors.verticalCenter: parent.verticalCenter
        size: Theme.smallHeight
        iconSize: 16
        icon.name: "x"
        text: qsTr("Take off this list; the file stays")
        focusPolicy: Qt.NoFocus
        onClicked: row.forgetWanted()
    }
}

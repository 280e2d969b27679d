// F1: every key that works, and what it does.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style
import Lares.Ui

Dialog {
    id: dialog

    required property ShortcutList shortcuts

    objectName: "keysDialog"
    title: qsTr("Keys")
    width: Math.min(440, (parent ? parent.width : 440) - 32)
    height: Math.min(implicitHeight, (parent ? parent.height : 600) - 32)
    onOpened: list.forceActiveFocus()

    IconButton {
        parent: dialog.header
        anchors.right: parent ? parent.right : undefined
        anchors.rightMargin: Theme.space12
        y: Theme.space12
        icon.name: "x"
        text: qsTr("Close")
        onClicked: dialog.close()
    }

    ListView {
        id: list
        anchors.fill: parent
        implicitHeight: contentHeight
        clip: true
        model: dialog.shortcuts
        boundsBehavior: Flickable.StopAtBounds
        keyNavigationEnabled: true
        T.ScrollBar.vertical: ScrollBar {}
        Accessible.role: Accessible.List
        Accessible.name: dialog.title

        delegate: Item {
            id: row
            required property int index
            required property string keysText
            required property string does

            width: ListView.view.width
            height: Theme.rowHeight
            Accessible.role: Accessible.ListItem
            Accessible.name: does + ", " + keysText

            Rectangle {
                visible: row.index > 0
                width: parent.width
                height: 1
                color: Theme.line
            }
            Label {
                anchors.verticalCenter: parent.verticalCenter
                width: parent.width - keysLabel.width - Theme.space16
                text: row.does
                elide: Text.ElideRight
            }
            Label {
                id: keysLabel
                anchors.right: parent.right
                anchors.verticalCenter: parent.verticalCenter
                text: row.keysText
                color: Theme.text2
            }
        }
    }
}

// The trash: what was deleted, how long it can still come back, and emptying it for good.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style
import Lares.Ui

Dialog {
    id: dialog

    required property LibraryViewModel library
    property bool asking: false   ///< the button asks once more before it erases

    objectName: "trashDialog"
    title: qsTr("Trash")
    width: Math.min(520, (parent ? parent.width : 520) - 32)
    height: Math.min(480, (parent ? parent.height : 600) - 32)
    onAboutToShow: library.readTrash()
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
    Label {
        id: note
        width: parent.width
        text: list.count > 0 ? qsTr("Deleted chats can come back for 30 days. Then they are erased, so that no file holds a word of them.")
                             : qsTr("Nothing is in the trash.")
        color: Theme.text2
        wrapMode: Text.Wrap
    }
    ListView {
        id: list
        anchors.top: note.bottom
        anchors.topMargin: 12
        anchors.bottom: empty.top
        anchors.bottomMargin: 12
        width: parent.width
        clip: true
        model: dialog.library.trash
        boundsBehavior: Flickable.StopAtBounds
        keyNavigationEnabled: true
        T.ScrollBar.vertical: ScrollBar {}
        Accessible.role: Accessible.List
        Accessible.name: dialog.title
        delegate: Item {
            id: row
            required property double itemId
            required property string name
            required property string note
            width: ListView.view.width
            height: 48
            Accessible.role: Accessible.ListItem
            Accessible.name: name + ", " + note
            Label {
                y: 4
                width: parent.width - verbs.width - 12
                text: row.name
                elide: Text.ElideRight
            }
            Label {
                y: 24
                kind: Label.Note
                text: row.note
                color: Theme.text2
            }
            Row {
                id: verbs
                anchors.right: parent.right
                anchors.verticalCenter: parent.verticalCenter
                Button {
                    objectName: "restore"
                    size: Theme.smallHeight
                    text: qsTr("Restore")
                    Accessible.name: qsTr("Restore %1").arg(row.name)
                    onClicked: dialog.library.restore(row.itemId)
                }
                IconButton {
                    size: Theme.smallHeight
                    icon.name: "trash"
                    text: qsTr("Erase %1 for good").arg(row.name)
                    onClicked: dialog.library.erase(row.itemId)
                }
            }
        }
    }
    Button {
        id: empty
        objectName: "emptyTrash"
        anchors.bottom: parent.bottom
        anchors.right: parent.right
        visible: list.count > 0
        variant: Button.Danger
        icon.name: "trash"
        text: dialog.asking ? qsTr("Erase all of it, for good") : qsTr("Empty the trash")
        onClicked: {
            if (dialog.asking)
                dialog.library.emptyTrash();
            dialog.asking = !dialog.asking;
        }
    }
}

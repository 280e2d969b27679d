// Into which folder a chat goes: one there is, or a new one.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style
import Lares.Ui

Dialog {
    id: dialog

    required property ChatListModel chats
    required property LibraryViewModel library
    property double chatId: 0

    function choose(folderId: double) {
        chats.moveToFolder(chatId, folderId);
        close();
    }

    objectName: "folderDialog"
    title: qsTr("Put into a folder")
    width: Math.min(400, (parent ? parent.width : 400) - 32)
    onOpened: name.forceActiveFocus()

    Column {
        width: parent.width
        spacing: 4

        Repeater {
            model: dialog.library.folders
            delegate: ItemRow {
                id: row
                required property double itemId
                required property string name
                width: parent.width
                icon.name: "folder"
                text: row.name
                onClicked: dialog.choose(itemId)
                IconButton {
                    anchors.right: parent.right
                    anchors.verticalCenter: parent.verticalCenter
                    size: Theme.smallHeight
                    iconSize: 16
                    icon.name: "x"
                    text: qsTr("Remove the folder %1; its chats stay").arg(row.name)
                    onClicked: dialog.library.removeFolder(row.itemId)
                }
            }
        }
        TextField {
            id: name
            objectName: "folderName"
            width: parent.width
            placeholderText: qsTr("Name of a new folder")
            maximumLength: 100
            onAccepted: make.clicked()
        }
        Button {
            id: make
            anchors.right: parent.right
            variant: Button.Primary
            enabled: name.text.trim() !== ""
            text: qsTr("Make the folder")
            onClicked: {
                if (name.text.trim() === "")
                    return;
                dialog.chats.moveToNewFolder(dialog.chatId, name.text);
                dialog.close();
            }
        }
    }
}

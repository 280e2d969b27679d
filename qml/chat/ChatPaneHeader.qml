// The head of the list of chats: a new one, and what concerns all of them.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style
import Lares.Ui

PaneHeader {
    id: header

    required property ChatListModel chats
    required property ShortcutList shortcuts

    signal chosen
    signal importWanted
    signal exportWanted

    title: qsTr("Chats")

    IconButton {
        id: more
        objectName: "paneMenu"
        icon.name: "more"
        text: qsTr("More")
        checked: menu.opened
        onClicked: menu.popup(more, more.width - menu.width, more.height + 4)

        Menu {
            id: menu
            MenuItem {
                text: qsTr("New temporary chat")
                icon.name: "clock"
                keys: header.shortcuts.keysText(ShortcutList.NewTemporaryChat)
                onTriggered: {
                    header.chats.openTemporaryChat();
                    header.chosen();
                }
            }
            MenuItem {
                text: qsTr("Import chats…")
                icon.name: "download"
                onTriggered: header.importWanted()
            }
            MenuItem {
                text: qsTr("Export all…")
                icon.name: "external"
                onTriggered: header.exportWanted()
            }
        }
    }
    IconButton {
        icon.name: "compose"
        text: qsTr("New chat")
        keys: header.shortcuts.keysText(ShortcutList.NewChat)
        onClicked: {
            header.chats.openNewChat();
            header.chosen();
        }
    }
}

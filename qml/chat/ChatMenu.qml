// What can be done with a whole chat: from the head of the open one and from any row of the list.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style
import Lares.Ui

Menu {
    id: menu

    required property ChatListModel chats
    required property ShortcutList shortcuts
    property double chatId: 0
    property bool pinned: false
    property bool inFolder: false
    property bool kept: true

    signal renameWanted
    signal folderWanted
    signal exportWanted

    onAboutToShow: {
        kept = chats.isKept(chatId);
        pinned = chats.isPinned(chatId);
        inFolder = chats.folderOf(chatId) > 0;
    }

    MenuItem {
        text: qsTr("Rename")
        icon.name: "edit"
        keys: menu.shortcuts.keysText(ShortcutList.RenameChat)
        onTriggered: menu.renameWanted()
    }
    MenuItem {
        text: menu.pinned ? qsTr("Unpin") : qsTr("Pin")
        icon.name: "pin"
        enabled: menu.kept
        onTriggered: menu.chats.setPinned(menu.chatId, !menu.pinned)
    }
    MenuItem {
        text: qsTr("Put into a folder…")
        icon.name: "folder"
        enabled: menu.kept
        onTriggered: menu.folderWanted()
    }
    MenuItem {
        text: qsTr("Take out of its folder")
        icon.name: "move"
        enabled: menu.inFolder
        onTriggered: menu.chats.moveToFolder(menu.chatId, 0)
    }
    MenuItem {
        text: menu.kept ? qsTr("Duplicate") : qsTr("Keep this chat")
        icon.name: "copy"
        onTriggered: menu.chats.duplicate(menu.chatId)
    }
    MenuItem {
        text: qsTr("Export…")
        icon.name: "external"
        onTriggered: menu.exportWanted()
    }
    MenuSeparator {}
    MenuItem {
        text: qsTr("Delete")
        icon.name: "trash"
        danger: true
        enabled: menu.kept
        onTriggered: menu.chats.remove(menu.chatId)
    }
}

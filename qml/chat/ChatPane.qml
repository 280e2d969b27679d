// The list of chats: by day, or what a search found. Arrow keys move, Enter opens, F2 renames, Del deletes.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style
import Lares.Ui

FocusScope {
    id: pane

    required property ChatListModel chats
    required property ShortcutList shortcuts
    /// The chat whose title is being typed; -1: none.
    property double renamingId: -1

    /// From its own file: Qt 6.4 cannot make section heads from a bound component. A `var`, so that it is kept.
    readonly property var sectionHead: Qt.createComponent("SectionHead.qml")

    /// A chat was chosen: a drawer closes now, the composer takes the keyboard.
    signal chosen
    signal trashWanted
    signal importWanted
    signal folderWanted(double chatId)
    signal exportWanted(double chatId)

    function focusSearch() {
        search.forceActiveFocus(Qt.ShortcutFocusReason);
        search.selectAll();
    }
    function renameCurrent() {
        if (chats.currentRow < 0)
            return;
        list.positionViewAtIndex(chats.currentRow, ListView.Contain);
        renamingId = chats.currentChatId;
    }
    function endRename(keepFocus: bool) {
        renamingId = -1;
        if (keepFocus)
            list.forceActiveFocus(Qt.OtherFocusReason);
    }

    implicitWidth: Theme.listPaneWidth

    Rectangle {
        anchors.fill: parent
        color: Theme.pane
        Rectangle {
            anchors.right: parent.right
            width: 1
            height: parent.height
            color: Theme.line
        }
    }
    ChatPaneHeader {
        id: header
        width: parent.width
        chats: pane.chats
        shortcuts: pane.shortcuts
        onChosen: pane.chosen()
        onImportWanted: pane.importWanted()
        onExportWanted: pane.exportWanted(0)
    }
    TextField {
        id: search
        x: Theme.space16
        y: header.height
        width: parent.width - 33
        focus: true
        iconName: "search"
        trailing: clear.visible ? 28 : 0
        placeholderText: qsTr("Search every message")
        text: pane.chats.searchText
        onTextEdited: pane.chats.searchText = text
        Keys.onShortcutOverride: event => event.accepted = event.key === Qt.Key_Escape && text !== ""
        Keys.onEscapePressed: event => {
            event.accepted = text !== "";
            if (event.accepted)
                clear.clicked();
        }
        Keys.onDownPressed: {
            list.currentIndex = Math.max(0, list.currentIndex);
            list.forceActiveFocus(Qt.TabFocusReason);
        }

        IconButton {
            id: clear
            anchors.right: parent.right
            anchors.rightMargin: 4
            anchors.verticalCenter: parent.verticalCenter
            visible: search.text !== ""
            size: Theme.smallHeight
            iconSize: 16
            icon.name: "x"
            text: qsTr("Clear the search")
            onClicked: pane.chats.searchText = ""
        }
    }
    Lazy {
        id: filters
        x: search.x
        y: search.y + search.height + 8
        width: search.width
        height: item ? item.implicitHeight : 0
        active: pane.chats.searching
        content: SearchFilters {
            width: filters.width
            chats: pane.chats
        }
    }
    ListView {
        id: list

        property double menuChatId: 0

        function openMenu(row: ChatPaneRow, point: point) {
            menuChatId = row.chatId;
            rowMenu.popup(row, point.x, point.y);
        }

        anchors.fill: parent
        anchors.topMargin: header.height + search.height + 6 + (filters.item ? filters.height + 8 : 0)
        anchors.bottomMargin: trash.height
        clip: true
        model: pane.chats
        activeFocusOnTab: true
        keyNavigationEnabled: true
        boundsBehavior: Flickable.StopAtBounds
        reuseItems: true
        highlightMoveDuration: 0
        bottomMargin: Theme.space16
        currentIndex: -1
        T.ScrollBar.vertical: ScrollBar {}
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Chats")

        onActiveFocusChanged: {
            if (activeFocus && currentIndex < 0)
                currentIndex = Math.max(0, pane.chats.currentRow);
        }
        Connections {
            target: pane.chats
            function onCurrentChatChanged() {
                if (pane.chats.currentRow >= 0)
                    list.currentIndex = pane.chats.currentRow;
            }
        }
        Keys.onPressed: event => {
            const row = currentItem as ChatPaneRow;
            if (!row)
                return;
            if (event.key === Qt.Key_Return || event.key === Qt.Key_Enter || event.key === Qt.Key_Space) {
                row.clicked();
                event.accepted = true;
            } else if (event.key === Qt.Key_F2) {
                pane.renamingId = row.chatId;
                event.accepted = true;
            } else if (event.key === Qt.Key_Delete) {
                pane.chats.remove(row.chatId);
                event.accepted = true;
            } else if (event.key === Qt.Key_Menu) {
                list.openMenu(row, Qt.point(row.width - 40, row.height));
                event.accepted = true;
            }
        }
        Keys.onShortcutOverride: event => event.accepted = event.key === Qt.Key_F2 || event.key === Qt.Key_Delete

        section.property: pane.chats.searching ? "" : "section"
        section.delegate: pane.sectionHead
        delegate: ChatPaneRow {
            width: list.width
            searching: pane.chats.searching
            ring: ListView.isCurrentItem && list.activeFocus
            renaming: pane.renamingId === chatId
            menuOpen: rowMenu.opened && list.menuChatId === chatId
            onClicked: {
                pane.chats.open(chatId, hitMessageId);
                pane.chosen();
            }
            onRenameWanted: pane.renamingId = chatId
            onRenamed: title => {
                pane.chats.rename(chatId, title);
                pane.endRename(true);
            }
            onRenameLeft: keepFocus => pane.endRename(keepFocus)
            onMenuWanted: point => list.openMenu(this, point)
        }
    }
    Label {
        anchors.top: list.top
        anchors.topMargin: Theme.space12
        x: Theme.space16
        width: parent.width - 32
        visible: list.count === 0
        text: pane.chats.searching ? qsTr("Nothing found. Every word must occur in the chat.")
                                   : qsTr("No chats yet. The first message begins one.")
        color: Theme.text2
        wrapMode: Text.Wrap
    }
    ItemRow {
        id: trash
        objectName: "trashRow"
        anchors.bottom: parent.bottom
        width: parent.width - 1
        height: 40
        leftPadding: Theme.space16
        icon.name: "trash"
        text: qsTr("Trash")
        onClicked: pane.trashWanted()
        Rectangle {
            width: parent.width
            height: 1
            color: Theme.line
        }
    }
    ChatMenu {
        id: rowMenu
        chats: pane.chats
        shortcuts: pane.shortcuts
        chatId: list.menuChatId
        onRenameWanted: pane.renamingId = list.menuChatId
        onFolderWanted: pane.folderWanted(list.menuChatId)
        onExportWanted: pane.exportWanted(list.menuChatId)
    }
}

// The head of the chat: title, context, device, model. Below 600 pixels of window it takes two rows.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Lares.Style
import Lares.Ui

FocusScope {
    id: header

    required property ChatViewModel chat
    required property ChatListModel chats
    required property ModelPickerViewModel models
    required property ShortcutList shortcuts
    property bool narrow: false   ///< the list pane is a drawer: the first button opens it
    property bool compact: false
    property bool renaming: false

    signal paneWanted
    signal fileWanted
    signal optionsWanted
    signal folderWanted(double chatId)
    signal exportWanted(double chatId)

    function openPicker() {
        if (compact)
            compactPicker.openList();
        else
            picker.openList();
    }

    implicitHeight: compact ? 92 : Theme.headerHeight

    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: 1
        color: Theme.line
    }
    RowLayout {
        id: first
        x: header.narrow ? 8 : Theme.space24
        width: parent.width - x - (header.compact ? 8 : 12)
        height: header.compact ? 52 : Theme.headerHeight - 1
        spacing: header.compact ? 4 : Theme.space16

        IconButton {
            visible: header.narrow
            icon.name: "sidebar"
            text: qsTr("Show the chats")
            onClicked: header.paneWanted()
        }
        Item {
            Layout.fillWidth: true
            Layout.fillHeight: true

            TitleButton {
                id: titleButton
                anchors.verticalCenter: parent.verticalCenter
                x: -8
                width: Math.min(implicitWidth, parent.width + 8)
                visible: !header.renaming
                enabled: header.chat.chatId > 0
                text: header.chat.title
                onClicked: header.renaming = true
            }
            Lazy {
                anchors.verticalCenter: parent.verticalCenter
                x: -13
                width: Math.min(parent.width + 13, 360)
                active: header.renaming
                content: TitleField {
                    width: parent.width
                    title: header.chat.title
                    font.pixelSize: 16
                    onAccepted: {
                        header.chat.rename(text);
                        ended(true);
                    }
                    onEnded: keepFocus => {
                        header.renaming = false;
                        if (keepFocus)
                            titleButton.forceActiveFocus(Qt.OtherFocusReason);
                    }
                }
            }
        }
        ContextBar {
            visible: !header.compact && known && header.width >= 520
            chat: header.chat
            barWidth: 112
        }
        Row {
            visible: !header.compact && header.models.deviceText !== "" && header.width >= 720
            spacing: Theme.space8
            Icon {
                anchors.verticalCenter: parent.verticalCenter
                name: header.models.onProcessor ? "cpu" : "gpu"
                size: 18
            }
            Label {
                anchors.verticalCenter: parent.verticalCenter
                width: Math.min(implicitWidth, 180)
                text: header.models.deviceText
                color: Theme.text2
                elide: Text.ElideRight
            }
        }
        ModelPicker {
            id: picker
            objectName: "modelPicker"
            visible: !header.compact
            models: header.models
            shortcuts: header.shortcuts
            onFileWanted: header.fileWanted()
        }
        IconButton {
            visible: header.compact
            icon.name: "compose"
            text: qsTr("New chat")
            keys: header.shortcuts.keysText(ShortcutList.NewChat)
            onClicked: header.chats.openNewChat()
        }
        IconButton {
            objectName: "chatOptions"
            icon.name: "filter"
            text: qsTr("Settings of this chat")
            enabled: header.chat.chatId > 0
            onClicked: header.optionsWanted()
        }
        IconButton {
            id: more
            objectName: "chatMenu"
            icon.name: "more"
            text: qsTr("More")
            enabled: header.chat.chatId > 0
            checked: menu.opened
            onClicked: menu.popup(more, more.width - menu.width, more.height + 4)
        }
    }
    RowLayout {
        id: second
        visible: header.compact
        x: Theme.space16
        y: 52
        width: parent.width - 32
        height: 32
        spacing: Theme.space8

        ModelPicker {
            id: compactPicker
            objectName: "modelPicker"
            models: header.models
            shortcuts: header.shortcuts
            onFileWanted: header.fileWanted()
        }
        Item {
            Layout.fillWidth: true
        }
        ContextBar {
            visible: known
            chat: header.chat
            barWidth: 56
            brief: true
        }
    }
    ChatMenu {
        id: menu
        chats: header.chats
        shortcuts: header.shortcuts
        chatId: header.chat.chatId
        onRenameWanted: header.renaming = true
        onFolderWanted: header.folderWanted(header.chat.chatId)
        onExportWanted: header.exportWanted(header.chat.chatId)
    }
}

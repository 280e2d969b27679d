// One chat: header, messages, what stands in the way, composer.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style
import Lares.Ui

FocusScope {
    id: page

    required property ChatViewModel chat
    required property ChatListModel chats
    required property ModelPickerViewModel models
    required property ShortcutList shortcuts
    required property LibraryViewModel library
    property bool narrow: false
    property bool compact: false
    readonly property bool noModel: models.state === ModelPickerViewModel.NoModel
    readonly property bool modelFailed: models.state === ModelPickerViewModel.Failed
    /// From the bottom up to where messages end.
    readonly property real footHeight: height - notes.y

    signal paneWanted
    signal fileWanted
    signal filesWanted
    signal savePromptWanted
    signal optionsWanted
    signal folderWanted(double chatId)
    signal exportWanted(double chatId)

    function focusComposer() {
        composer.forceActiveFocus(Qt.ShortcutFocusReason);
    }
    function focusMessages() {
        messages.forceActiveFocus(Qt.ShortcutFocusReason);
    }
    function renameTitle() {
        if (chat.chatId > 0)
            header.renaming = true;
    }
    /// The parts that F6 goes through, from the top.
    function parts() {
        return messages.visible ? [header, messages, composer] : [header, composer];
    }

    ChatHeader {
        id: header
        width: parent.width
        chat: page.chat
        chats: page.chats
        models: page.models
        shortcuts: page.shortcuts
        narrow: page.narrow
        compact: page.compact
        onPaneWanted: page.paneWanted()
        onFileWanted: page.fileWanted()
        onOptionsWanted: page.optionsWanted()
        onFolderWanted: chatId => page.folderWanted(chatId)
        onExportWanted: chatId => page.exportWanted(chatId)
    }
    MessageList {
        id: messages
        anchors.top: header.bottom
        anchors.bottom: notes.top
        width: parent.width
        visible: !page.chat.empty
        chat: page.chat
        compact: page.compact
        onTyped: text => composer.append(text)
    }
    EmptyState {
        anchors.horizontalCenter: parent.horizontalCenter
        y: header.height + Math.max(24, Math.round((notes.y - header.height - height) * 0.42))
        width: Math.min(400, parent.width - 48)
        visible: page.chat.empty
        iconName: page.noModel || page.modelFailed ? "models" : "chat"
        title: !page.noModel && !page.modelFailed ? (page.chat.temporary ? qsTr("A temporary chat") : qsTr("A new chat"))
             : page.models.count > 0 ? qsTr("No model is loaded") : qsTr("No model yet")
        detail: page.models.state === ModelPickerViewModel.Loading ? qsTr("%1. You can write already.").arg(page.models.stateText)
              : page.models.state === ModelPickerViewModel.Ready
                ? qsTr("%1 answers on this computer. Nothing you write leaves it.").arg(page.models.currentName)
              : page.models.count > 0 ? qsTr("Choose one of those you have used, or open another file.")
              : qsTr("Lares answers with a model that runs on this computer. Open a model file (GGUF); it stays where it is.")
        verb: !page.noModel && !page.modelFailed ? "" : page.models.count > 0 ? qsTr("Choose a model") : qsTr("Open a model file…")
        verbIcon: page.models.count > 0 ? "models" : "file"
        onAct: page.models.count > 0 ? header.openPicker() : page.fileWanted()
    }
    ChatNotices {
        id: notes
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: composer.top
        width: composer.width
        chat: page.chat
        models: page.models
        onFileWanted: page.fileWanted()
        onKeepWanted: page.chats.duplicate(page.chat.chatId)
    }
    Composer {
        id: composer
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: page.compact ? 12 : 16
        width: Math.min(Theme.composerWidth, parent.width - (page.compact ? 24 : 32))
        focus: true
        chat: page.chat
        library: page.library
        compact: page.compact
        onFilesWanted: page.filesWanted()
        onSavePromptWanted: page.savePromptWanted()
        onPageWanted: direction => messages.scrollPage(direction)
    }
}

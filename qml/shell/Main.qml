// The window: rail, list pane, page; below 900 pixels the pane is a drawer, below 600 the rail shows icons only.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style
import Lares.Ui

ApplicationWindow {
    id: window

    required property Navigator navigator
    required property ChatListModel chats
    required property ChatViewModel chat
    required property ModelPickerViewModel models
    required property SettingsViewModel settings
    required property SystemTheme systemTheme
    required property LibraryViewModel library
    required property JumpModel jump
    required property AnswerNotifier notifier

    readonly property bool narrow: width < 900
    readonly property bool compact: width < 600
    readonly property bool inChat: navigator.place === Navigator.Chat
    property int settingsPage: SettingsViewModel.AppearancePage

    function goToChat() {
        navigator.place = Navigator.Chat;
        chatPage.focusComposer();
    }
    function focusMessages() {
        chatPage.focusMessages();
    }
    function openPane() {
        drawer.open();
    }
    function openModelFile() {
        dialogs.openModelFile();
    }
    function showKeys() {
        dialogs.showKeys();
    }
    /// Esc: the innermost thing that is open. Popovers and dialogs see to it themselves.
    function stopOrClose() {
        if (drawer.opened)
            drawer.close();
        else if (chat.editing && inChat)
            chat.cancelEdit();
        else if (chat.busy && inChat)
            chat.stop();
        else if (!inChat)
            navigator.back();
        else if (toast.open)
            toast.close();
        else
            goToChat();
    }
    function search() {
        navigator.place = Navigator.Chat;
        if (narrow)
            openPane();
        const list = (narrow ? drawerPane.item : pane.item) as ChatPane;
        list?.focusSearch();
    }
    function rename() {
        if (!inChat)
            return;
        chatPage.renameTitle();
    }
    function nextPart() {
        const page = inChat ? chatPage.parts() : (settingsLoader.item as SettingsPage).parts();
        const parts = narrow ? [rail, ...page] : [rail, pane, ...page];
        let here = 0;
        while (here < parts.length && !parts[here].activeFocus)
            ++here;
        const next = parts[(here + 1) % parts.length];
        next.forceActiveFocus(Qt.TabFocusReason);
        if (next.activeFocus && window.activeFocusItem === next)
            next.nextItemInFocusChain(true).forceActiveFocus(Qt.TabFocusReason);
    }

    width: 1280
    height: 800
    minimumWidth: 420
    minimumHeight: 480
    visible: true
    title: inChat && !chat.empty ? qsTr("%1 - Lares").arg(chat.title) : qsTr("Lares")
    font.pixelSize: 14
    Component.onCompleted: chatPage.focusComposer()

    Binding {
        target: Theme
        property: "dark"
        value: window.settings.appearance === SettingsViewModel.System ? window.systemTheme.dark
                                                                       : window.settings.appearance === SettingsViewModel.Dark
    }
    Binding {
        target: Theme
        property: "reducedMotion"
        value: window.settings.motion === SettingsViewModel.SystemMotion
               ? window.systemTheme.reducedMotion : window.settings.motion === SettingsViewModel.ReducedMotion
    }

    ShortcutList {
        id: keyTable
    }
    WindowKeys {
        id: windowKeys
        shortcuts: keyTable
        navigator: window.navigator
        chats: window.chats
        chat: window.chat
        undoable: toast.open && toast.actionText !== ""
        onChatWanted: window.goToChat()
        onSearchWanted: window.search()
        onRenameWanted: window.rename()
        onFileWanted: window.openModelFile()
        onPartWanted: window.nextPart()
        onKeysWanted: window.showKeys()
        onJumpWanted: dialogs.showJump()
        onEscaped: window.stopOrClose()
        onQuitWanted: window.close()
    }
    Rail {
        id: rail
        height: parent.height
        navigator: window.navigator
        shortcuts: keyTable
        slim: window.compact
    }
    Lazy {
        id: pane
        x: rail.width
        width: window.narrow ? 0 : Theme.listPaneWidth
        height: parent.height
        active: !window.narrow
        content: window.inChat ? chatPane : settingsPane
    }
    Item {
        id: content
        x: rail.width + pane.width
        width: parent.width - x
        height: parent.height

        ChatPage {
            id: chatPage
            anchors.fill: parent
            visible: window.inChat
            focus: true
            chat: window.chat
            chats: window.chats
            models: window.models
            shortcuts: keyTable
            narrow: window.narrow
            compact: window.compact
            onPaneWanted: window.openPane()
            onFileWanted: window.openModelFile()
            library: window.library
            onFilesWanted: dialogs.attachFiles()
            onSavePromptWanted: dialogs.savePrompt()
            onOptionsWanted: dialogs.showOptions()
            onFolderWanted: chatId => dialogs.showFolders(chatId)
            onExportWanted: chatId => dialogs.exportChat(chatId)
        }
        Lazy {
            id: settingsLoader
            anchors.fill: parent
            active: !window.inChat || item !== null
            visible: !window.inChat
            content: SettingsPage {
                anchors.fill: parent
                settings: window.settings
                shown: window.settingsPage
                narrow: window.narrow
                compact: window.compact
                onPaneWanted: window.openPane()
            }
        }
        WindowToast {
            id: toast
            chats: window.chats
            chat: window.chat
            library: window.library
            notifier: window.notifier
            anchors.horizontalCenter: parent.horizontalCenter
            anchors.bottom: parent.bottom
            anchors.bottomMargin: window.inChat ? chatPage.footHeight + 12 : 24
            maximumWidth: parent.width - 32
        }
    }

    PaneDrawer {
        id: drawer
        onClosed: if (!window.narrow) return; else chatPage.focusComposer()

        Lazy {
            id: drawerPane
            anchors.fill: parent
            active: drawer.visible
            focus: true
            content: window.inChat ? chatPane : settingsPane
        }
    }
    Component {
        id: chatPane
        ChatPane {
            anchors.fill: parent
            focus: true
            chats: window.chats
            shortcuts: keyTable
            onTrashWanted: dialogs.showTrash()
            onImportWanted: dialogs.importChats()
            onFolderWanted: chatId => dialogs.showFolders(chatId)
            onExportWanted: chatId => dialogs.exportChat(chatId)
            onChosen: {
                drawer.close();
                chatPage.focusComposer();
            }
        }
    }
    Component {
        id: settingsPane
        SettingsPane {
            anchors.fill: parent
            focus: true
            page: window.settingsPage
            onChosen: page => {
                window.settingsPage = page;
                drawer.close();
            }
        }
    }
    WindowDialogs {
        id: dialogs
        chats: window.chats
        chat: window.chat
        models: window.models
        library: window.library
        settings: window.settings
        jump: window.jump
        shortcuts: keyTable
        onActionChosen: action => windowKeys.perform(action)
        onChatChosen: window.goToChat()
    }

    onNarrowChanged: if (!narrow) drawer.close()
}

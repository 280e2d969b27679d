// Everything that opens above the window, made when it is first wanted.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Dialogs
import Lares.Style
import Lares.Ui

Item {
    id: dialogs

    required property ChatListModel chats
    required property ChatViewModel chat
    required property ModelPickerViewModel models
    required property LibraryViewModel library
    required property SettingsViewModel settings
    required property JumpModel jump
    required property ShortcutList shortcuts
    property double exportId: 0

    signal actionChosen(int action)
    signal chatChosen

    function open(lazy: Lazy): QtObject {
        lazy.active = true;
        (lazy.object as Dialog).open();
        return lazy.object;
    }
    function showKeys() {
        open(keysDialog);
    }
    function showJump() {
        open(jumpDialog);
    }
    function showTrash() {
        open(trashDialog);
    }
    function showOptions() {
        open(optionsDialog);
    }
    function showFolders(chatId: double) {
        (open(folderDialog) as ChooseFolderDialog).chatId = chatId;
    }
    function savePrompt() {
        open(promptDialog);
    }
    function openModelFile() {
        modelFile.active = true;
        (modelFile.object as ModelFileDialog).open();
    }
    function attachFiles() {
        textFiles.active = true;
        (textFiles.object as FileDialog).open();
    }
    function importChats() {
        importFile.active = true;
        (importFile.object as FileDialog).open();
    }
    function exportChat(chatId: double) {
        exportId = chatId;
        exportFile.active = true;
        (exportFile.object as FileDialog).open();
    }

    Lazy {
        id: keysDialog
        active: false
        content: KeysDialog {
            shortcuts: dialogs.shortcuts
        }
    }
    Lazy {
        id: jumpDialog
        active: false
        content: JumpDialog {
            jump: dialogs.jump
            onActionChosen: action => dialogs.actionChosen(action)
            onChatChosen: (chatId, messageId) => {
                dialogs.chats.open(chatId, messageId);
                dialogs.chatChosen();
            }
        }
    }
    Lazy {
        id: trashDialog
        active: false
        content: TrashDialog {
            library: dialogs.library
        }
    }
    Lazy {
        id: optionsDialog
        active: false
        content: ChatOptionsDialog {
            library: dialogs.library
            models: dialogs.models
            settings: dialogs.settings
        }
    }
    Lazy {
        id: folderDialog
        active: false
        content: ChooseFolderDialog {
            chats: dialogs.chats
            library: dialogs.library
        }
    }
    Lazy {
        id: promptDialog
        active: false
        content: SavePromptDialog {
            library: dialogs.library
            prompt: dialogs.chat.draft
        }
    }
    Lazy {
        id: modelFile
        active: false
        content: ModelFileDialog {
            onAccepted: dialogs.models.openFile(selectedFile)
        }
    }
    Lazy {
        id: textFiles
        active: false
        content: FileDialog {
            title: qsTr("Attach text files")
            fileMode: FileDialog.OpenFiles
            onAccepted: dialogs.chat.attach(selectedFiles)
        }
    }
    Lazy {
        id: importFile
        active: false
        content: FileDialog {
            title: qsTr("Import chats of another program")
            nameFilters: [qsTr("Chats (*.json *.jsonl *.chat *.sqlite)"), qsTr("All files (*)")]
            onAccepted: dialogs.library.importFile(selectedFile)
        }
    }
    Lazy {
        id: exportFile
        active: false
        content: FileDialog {
            title: qsTr("Export as")
            fileMode: FileDialog.SaveFile
            nameFilters: [qsTr("Markdown (*.md)"), qsTr("Web page (*.html)"), qsTr("PDF (*.pdf)"), qsTr("JSON, all branches (*.json)")]
            defaultSuffix: ["md", "html", "pdf", "json"][selectedNameFilter.index] ?? "md"
            onAccepted: dialogs.library.exportChat(dialogs.exportId, selectedFile)
        }
    }
}

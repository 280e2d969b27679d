// The keys of the window, from the one table that F1 shows. What only the window can do goes out as a signal.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Ui

Item {
    id: keys

    required property ShortcutList shortcuts
    required property Navigator navigator
    required property ChatListModel chats
    required property ChatViewModel chat
    property bool undoable: false

    signal chatWanted
    signal searchWanted
    signal renameWanted
    signal fileWanted
    signal partWanted
    signal keysWanted
    signal jumpWanted
    signal escaped
    signal quitWanted

    function perform(action: int) {
        switch (action) {
        case ShortcutList.NewChat:
            chats.openNewChat();
            chatWanted();
            break;
        case ShortcutList.NewTemporaryChat:
            chats.openTemporaryChat();
            chatWanted();
            break;
        case ShortcutList.Jump: jumpWanted(); break;
        case ShortcutList.FocusComposer:
        case ShortcutList.GoToChat: chatWanted(); break;
        case ShortcutList.SearchChats: searchWanted(); break;
        case ShortcutList.StopOrClose: escaped(); break;
        case ShortcutList.OpenSettings: navigator.place = Navigator.Settings; break;
        case ShortcutList.PreviousChat: chats.openPrevious(); break;
        case ShortcutList.NextChat: chats.openNext(); break;
        case ShortcutList.CopyLastAnswer: chat.copyLastAnswer(); break;
        case ShortcutList.RenameChat: renameWanted(); break;
        case ShortcutList.DeleteChat:
            if (chat.chatId > 0)
                chats.remove(chat.chatId);
            break;
        case ShortcutList.OpenModelFile: fileWanted(); break;
        case ShortcutList.NextPane: partWanted(); break;
        case ShortcutList.ShowShortcuts: keysWanted(); break;
        case ShortcutList.Quit: quitWanted(); break;
        default: break;
        }
    }

    Repeater {
        model: keys.shortcuts
        delegate: Item {
            id: entry
            required property int action
            required property var model
            Shortcut {
                sequence: entry.model.keys
                onActivated: keys.perform(entry.action)
            }
        }
    }
    Shortcut {
        sequence: "Ctrl+Z"
        enabled: keys.undoable
        onActivated: keys.chats.undo()
    }
}

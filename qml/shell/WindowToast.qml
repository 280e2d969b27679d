// What the window says for a moment: copied, written, deleted and how to take that back.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style
import Lares.Ui

Toast {
    id: toast

    required property ChatListModel chats
    required property ChatViewModel chat
    required property LibraryViewModel library
    required property AnswerNotifier notifier

    onAction: chats.undo()
    onClosed: chats.dismissUndo()

    Connections {
        target: toast.chats
        function onUndoChanged() {
            if (toast.chats.undoText !== "")
                toast.show(toast.chats.undoText, "trash", qsTr("Undo"));
            else if (toast.actionText !== "")
                toast.close();
        }
    }
    Connections {
        target: toast.library
        function onTold(sentence) {
            toast.show(sentence, "check", "");
        }
        function onFailed(sentence) {
            toast.chat.tell(sentence);
        }
    }
    Connections {
        target: toast.notifier
        function onAnsweredElsewhere(sentence) {
            toast.show(sentence, "check", "");
        }
    }
    Connections {
        target: toast.chat
        function onCopied() {
            toast.show(qsTr("Copied"), "check", "");
        }
    }
}

// A title being typed in its place: Enter takes it, Esc leaves it as it was, so does going elsewhere.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style

TextField {
    id: field

    required property string title

    signal ended(bool keepFocus)

    placeholderText: qsTr("Title")
    maximumLength: 200
    Keys.onShortcutOverride: event => event.accepted = event.key === Qt.Key_Escape
    Keys.onEscapePressed: ended(true)
    // Taken here: the field itself would hand the key on to the list around it, which opens the chat.
    Keys.onReturnPressed: accepted()
    Keys.onEnterPressed: accepted()
    onActiveFocusChanged: {
        if (!activeFocus)
            ended(false);
    }
    Component.onCompleted: {
        text = title;
        forceActiveFocus(Qt.OtherFocusReason);
        selectAll();
    }
}

// In place of the window where the store cannot be opened: what happened, what was kept, and the one thing to do.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style
import Lares.Ui

ApplicationWindow {
    id: window

    required property SystemTheme systemTheme
    required property string sentence

    title: qsTr("Lares")
    visible: true
    width: 560
    height: 320
    minimumWidth: 420
    minimumHeight: 280
    color: Theme.page

    Binding {
        target: Theme
        property: "dark"
        value: window.systemTheme.dark
    }
    EmptyState {
        anchors.centerIn: parent
        width: parent.width - 2 * Theme.space24
        iconName: "error"
        title: qsTr("Lares cannot open its chats")
        detail: window.sentence
        verb: qsTr("Close")
        onAct: window.close()
    }
}

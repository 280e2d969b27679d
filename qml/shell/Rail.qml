// The places of the window. Only places that exist are here.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style
import Lares.Ui

FocusScope {
    id: rail

    required property Navigator navigator
    required property ShortcutList shortcuts
    property bool slim: false

    implicitWidth: slim ? 56 : 80

    Rectangle {
        anchors.fill: parent
        color: Theme.rail

        Rectangle {
            anchors.right: parent.right
            width: 1
            height: parent.height
            color: Theme.line
        }
    }
    RailItem {
        id: chatItem
        x: 6
        y: 12
        focus: true
        slim: rail.slim
        text: qsTr("Chat")
        iconName: "chat"
        keys: rail.shortcuts.keysText(ShortcutList.GoToChat)
        checked: rail.navigator.place === Navigator.Chat
        onClicked: rail.navigator.place = Navigator.Chat
        KeyNavigation.down: settingsItem
    }
    RailItem {
        id: settingsItem
        x: 6
        anchors.bottom: parent.bottom
        anchors.bottomMargin: 8
        slim: rail.slim
        text: qsTr("Settings")
        iconName: "settings"
        keys: rail.shortcuts.keysText(ShortcutList.OpenSettings)
        checked: rail.navigator.place === Navigator.Settings
        onClicked: rail.navigator.place = Navigator.Settings
        KeyNavigation.up: chatItem
    }
}

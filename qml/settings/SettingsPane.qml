// The pages of the settings.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style
import Lares.Ui

FocusScope {
    id: pane

    required property int page
    readonly property var pages: [
        {page: SettingsViewModel.AppearancePage, name: qsTr("Appearance"), icon: "sun"},
        {page: SettingsViewModel.Answers, name: qsTr("Answers"), icon: "chat"},
        {page: SettingsViewModel.Engine, name: qsTr("Engine"), icon: "gpu"},
        {page: SettingsViewModel.Network, name: qsTr("Network"), icon: "globe"},
        {page: SettingsViewModel.About, name: qsTr("About"), icon: "info"}
    ]

    signal chosen(int page)

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
    PaneHeader {
        id: header
        width: parent.width
        title: qsTr("Settings")
    }
    ListView {
        id: list
        anchors.fill: parent
        anchors.topMargin: header.height
        anchors.leftMargin: 8
        anchors.rightMargin: 9
        focus: true
        model: pane.pages
        activeFocusOnTab: true
        interactive: false
        highlightMoveDuration: 0
        currentIndex: pane.pages.findIndex(entry => entry.page === pane.page)
        Keys.onReturnPressed: (currentItem as ItemRow)?.clicked()
        Keys.onSpacePressed: (currentItem as ItemRow)?.clicked()
        Accessible.role: Accessible.List
        Accessible.name: header.title

        delegate: ItemRow {
            required property int index
            required property var modelData

            width: ListView.view.width
            leftPadding: 8
            spacing: 8
            focusPolicy: Qt.NoFocus
            text: modelData.name
            icon.name: modelData.icon
            highlighted: pane.page === modelData.page
            tinted: true
            ring: ListView.isCurrentItem && list.activeFocus
            onClicked: {
                list.currentIndex = index;
                pane.chosen(modelData.page);
            }
            Accessible.role: Accessible.ListItem
        }
    }
}

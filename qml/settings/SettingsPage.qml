// The settings of one page in the column: each its name, its effect in one line, its control; all take hold at once.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style
import Lares.Ui

FocusScope {
    id: page

    required property SettingsViewModel settings
    required property int shown
    property bool narrow: false
    property bool compact: false
    readonly property string title: {
        switch (shown) {
        case SettingsViewModel.AppearancePage: return qsTr("Appearance");
        case SettingsViewModel.Answers: return qsTr("Answers");
        case SettingsViewModel.Engine: return qsTr("Engine");
        case SettingsViewModel.Network: return qsTr("Network");
        default: return qsTr("About");
        }
    }

    signal paneWanted

    function parts() {
        return [header, body];
    }

    onShownChanged: body.contentY = 0

    FocusScope {
        id: header
        width: parent.width
        height: Theme.headerHeight

        IconButton {
            x: 8
            anchors.verticalCenter: parent.verticalCenter
            visible: page.narrow
            icon.name: "sidebar"
            text: qsTr("Show the pages")
            onClicked: page.paneWanted()
        }
        Label {
            x: page.narrow ? 56 : Theme.space24
            anchors.verticalCenter: parent.verticalCenter
            kind: Label.Title
            text: page.title
            Accessible.role: Accessible.Heading
        }
        Button {
            anchors.right: parent.right
            anchors.rightMargin: 7
            anchors.verticalCenter: parent.verticalCenter
            focus: true
            visible: page.shown !== SettingsViewModel.About
            variant: Button.Quiet
            icon.name: "undo"
            text: page.compact ? qsTr("Reset") : qsTr("Reset this page")
            onClicked: page.settings.resetPage(page.shown)
        }
        Rectangle {
            anchors.bottom: parent.bottom
            width: parent.width
            height: 1
            color: Theme.line
        }
    }
    Flickable {
        id: body
        anchors.fill: parent
        anchors.topMargin: header.height
        contentHeight: column.height + 48
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        T.ScrollBar.vertical: ScrollBar {}

        Column {
            id: column
            anchors.horizontalCenter: parent.horizontalCenter
            y: Theme.space24
            width: Math.min(Theme.settingsWidth, parent.width - 32)
            spacing: Theme.space24

            Card {
                visible: page.shown !== SettingsViewModel.About
                width: parent.width

                Repeater {
                    model: page.settings
                    delegate: SettingRow {
                        width: parent ? parent.width : 0
                        visible: page === pageShown
                        pageShown: body.shownPage
                        settings: body.settings
                        compact: body.compactRows
                        area: body
                    }
                }
            }
            DeviceCard {
                width: parent.width
                visible: page.shown === SettingsViewModel.Engine
                devices: page.settings.devices
            }
            AboutCard {
                width: parent.width
                visible: page.shown === SettingsViewModel.About
                settings: page.settings
            }
        }

        // The rows have a role named `page`; what they need of this page goes by other names.
        readonly property int shownPage: page.shown
        readonly property SettingsViewModel settings: page.settings
        readonly property bool compactRows: page.compact
    }
}

// Which Lares this is, and whose work it stands on.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style
import Lares.Ui

Column {
    id: about

    required property SettingsViewModel settings

    spacing: Theme.space16

    Column {
        width: parent.width
        spacing: 4
        Label {
            kind: Label.Display
            text: qsTr("Lares")
        }
        Label {
            text: qsTr("Version %1").arg(about.settings.version)
            color: Theme.text2
        }
        Label {
            width: parent.width
            text: qsTr("An assistant that lives in your computer and tells nobody.")
            wrapMode: Text.Wrap
        }
    }
    Label {
        kind: Label.Strong
        font.weight: Font.DemiBold
        text: qsTr("Licences")
        Accessible.role: Accessible.Heading
    }
    Card {
        width: parent.width
        Label {
            width: parent ? parent.width : 0
            leftPadding: Theme.space16
            rightPadding: Theme.space16
            topPadding: Theme.space16
            bottomPadding: Theme.space12
            text: about.settings.licences
            color: Theme.text2
            wrapMode: Text.Wrap
        }
    }
}

// A short state: always an icon and a word, never a colour alone.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style

Rectangle {
    id: pill

    enum Tone { Good, Warning, Bad, Neutral }

    required property string text
    property string iconName
    property int tone: Pill.Neutral
    readonly property color ink: [Theme.tintText, Theme.amber, Theme.red, Theme.text2][tone]

    implicitWidth: row.implicitWidth + 16
    implicitHeight: 20
    radius: Theme.radiusCard
    color: [Theme.tint, Theme.amberTint, Theme.redTint, Theme.sunken][tone]
    Accessible.role: Accessible.StaticText
    Accessible.name: text

    Row {
        id: row
        anchors.centerIn: parent
        spacing: Theme.space4
        Icon {
            visible: pill.iconName !== ""
            anchors.verticalCenter: parent.verticalCenter
            name: pill.iconName
            size: 14
            color: pill.ink
        }
        Text {
            anchors.verticalCenter: parent.verticalCenter
            text: pill.text
            textFormat: Text.PlainText
            font.pixelSize: 12
            font.weight: Font.Medium
            color: pill.ink
        }
    }
}

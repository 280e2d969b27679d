// What this machine could compute on, and why each is or is not used.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style

Column {
    id: card

    required property QtObject devices

    spacing: Theme.space12

    Label {
        kind: Label.Strong
        font.weight: Font.DemiBold
        text: qsTr("This machine")
        Accessible.role: Accessible.Heading
    }
    Card {
        width: parent.width

        Repeater {
            id: repeater
            model: card.devices
            delegate: Item {
                id: row
                required property int index
                required property string deviceId
                required property string name
                required property string detail
                required property string verdict
                required property bool usable
                required property bool chosen

                width: parent ? parent.width : 0
                implicitHeight: words.height + 24

                Rectangle {
                    visible: row.index > 0
                    width: parent.width
                    height: 1
                    color: Theme.line
                }
                Icon {
                    x: Theme.space16
                    y: 14
                    name: row.deviceId === "cpu" || row.name.startsWith("llvmpipe") ? "cpu" : "gpu"
                }
                Column {
                    id: words
                    x: 48
                    y: 12
                    width: pill.x - x - 16
                    Label {
                        width: parent.width
                        text: row.name
                        elide: Text.ElideRight
                    }
                    Label {
                        width: parent.width
                        visible: text !== ""
                        kind: Label.Note
                        text: row.detail
                        color: Theme.text2
                        wrapMode: Text.Wrap
                    }
                    Label {
                        width: parent.width
                        visible: text !== ""
                        kind: Label.Note
                        text: row.verdict
                        color: row.usable ? Theme.text2 : Theme.amber
                        wrapMode: Text.Wrap
                    }
                }
                Pill {
                    id: pill
                    anchors.right: parent.right
                    anchors.rightMargin: Theme.space16
                    y: 14
                    text: row.chosen ? qsTr("In use") : row.usable ? qsTr("Usable") : qsTr("Not usable")
                    iconName: row.chosen || row.usable ? "check" : "x"
                    tone: row.chosen ? Pill.Good : row.usable ? Pill.Neutral : Pill.Warning
                }
            }
        }
        Label {
            visible: repeater.count === 0
            width: parent ? parent.width : 0
            padding: Theme.space16
            topPadding: Theme.space16 + slack
            bottomPadding: Theme.space16 - slack
            text: qsTr("No device has been found yet.")
            color: Theme.text2
        }
    }
}

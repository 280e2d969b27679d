// How an answer was made: model, device, seed, sampler, speed. Each line is "name: value".
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Lares.Style
import Lares.Ui

Popover {
    id: popover

    required property string details

    signal againWanted

    readonly property var lines: details.split("\n").filter(line => line !== "")

    width: Math.min(432, (T.Overlay.overlay?.width ?? 432) - 32)
    x: parent ? Math.round((parent.width - width) / 2) : 0
    y: parent ? parent.height + 4 : 0
    padding: Theme.space16
    topPadding: 10

    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        RowLayout {
            Layout.fillWidth: true
            Label {
                Layout.fillWidth: true
                kind: Label.Strong
                font.weight: Font.DemiBold
                text: qsTr("How this answer was made")
                elide: Text.ElideRight
            }
            Button {
                objectName: "sameAgain"
                variant: Button.Quiet
                size: Theme.smallHeight
                ink: Theme.accent
                icon.name: "refresh"
                text: qsTr("Same again")
                onClicked: {
                    popover.againWanted();
                    popover.close();
                }
            }
            Button {
                variant: Button.Quiet
                size: Theme.smallHeight
                ink: Theme.accent
                icon.name: "copy"
                text: qsTr("Copy all")
                focus: true
                onClicked: {
                    clipboard.copy(popover.details);
                    popover.close();
                }
            }
        }
        Repeater {
            model: popover.lines
            delegate: RowLayout {
                id: line
                required property string modelData
                readonly property int cut: modelData.indexOf(": ")
                Layout.fillWidth: true
                spacing: Theme.space8

                Label {
                    Layout.preferredWidth: 120
                    Layout.alignment: Qt.AlignTop
                    visible: line.cut > 0
                    text: line.modelData.substring(0, line.cut)
                    color: Theme.text2
                    topPadding: slack + 4
                    elide: Text.ElideRight
                }
                Label {
                    Layout.fillWidth: true
                    text: line.cut > 0 ? line.modelData.substring(line.cut + 2) : line.modelData
                    wrapMode: Text.Wrap
                    topPadding: slack + 4
                    bottomPadding: 4 - slack
                }
            }
        }
        Clipboard {
            id: clipboard
        }
    }
}

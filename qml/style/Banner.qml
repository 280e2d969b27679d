// Says on the page what happened, what was kept and what to do. Stays until it is closed or its cause is gone.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Lares.Style

Rectangle {
    id: banner

    property bool warning: false
    required property string title
    property string detail
    property string actionText
    property bool closable: true
    /// Too narrow for words and button side by side.
    readonly property bool tight: width < 440

    signal action
    signal closed

    implicitHeight: row.implicitHeight + 24
    radius: Theme.radiusCard
    color: warning ? Theme.amberTint : Theme.redTint
    border.width: 1
    border.color: warning ? Theme.amberLine : Theme.redLine
    Accessible.role: Accessible.AlertMessage
    Accessible.name: title + (detail === "" ? "" : " " + detail)

    RowLayout {
        id: row
        anchors.fill: parent
        anchors.margins: 12
        anchors.leftMargin: 18
        spacing: Theme.space12

        Icon {
            Layout.alignment: Qt.AlignTop
            name: banner.warning ? "warn" : "error"
            color: banner.warning ? Theme.amber : Theme.red
        }
        ColumnLayout {
            Layout.fillWidth: true
            spacing: 0
            Label {
                Layout.fillWidth: true
                kind: banner.detail === "" ? Label.Body : Label.Strong
                text: banner.title
                wrapMode: Text.Wrap
            }
            Label {
                Layout.fillWidth: true
                visible: text !== ""
                text: banner.detail
                wrapMode: Text.Wrap
            }
            Button {
                Layout.topMargin: 8
                visible: banner.tight && banner.actionText !== ""
                size: Theme.smallHeight
                text: banner.actionText
                onClicked: banner.action()
            }
        }
        Button {
            visible: !banner.tight && banner.actionText !== ""
            size: Theme.smallHeight
            text: banner.actionText
            onClicked: banner.action()
        }
        IconButton {
            Layout.alignment: banner.tight ? Qt.AlignTop : Qt.AlignVCenter
            visible: banner.closable
            size: Theme.smallHeight
            icon.name: "x"
            iconSize: 16
            text: qsTr("Close")
            onClicked: banner.closed()
        }
    }
}

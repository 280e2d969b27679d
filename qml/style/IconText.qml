// An icon and words side by side, in the middle of the room they are given: the inside of buttons.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style

Item {
    id: content

    property string iconName
    property string text
    property font font
    property color ink: Theme.text
    property int iconSize: 20
    property int spacing: Theme.space8

    implicitWidth: row.implicitWidth
    implicitHeight: row.implicitHeight

    Row {
        id: row
        anchors.centerIn: parent
        spacing: content.spacing

        Icon {
            visible: content.iconName !== ""
            anchors.verticalCenter: parent.verticalCenter
            name: content.iconName
            size: content.iconSize
            color: content.ink
        }
        Text {
            visible: text !== ""
            anchors.verticalCenter: parent.verticalCenter
            text: content.text
            textFormat: Text.PlainText
            font: content.font
            color: content.ink
        }
    }
}

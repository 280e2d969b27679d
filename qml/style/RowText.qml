// The inside of a row to choose: icon, words that give way, a note at the right.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style

Item {
    id: content

    property string iconName
    property string text
    property string note
    property font font
    property color ink: Theme.text
    property color iconInk: Theme.text2
    property int spacing: Theme.space8

    implicitWidth: words.x + Math.ceil(words.implicitWidth) + (note === "" ? 0 : aside.implicitWidth + Theme.space16)
    implicitHeight: 20

    Icon {
        visible: content.iconName !== ""
        anchors.verticalCenter: parent.verticalCenter
        name: content.iconName
        color: content.iconInk
    }
    Text {
        id: words
        anchors.verticalCenter: parent.verticalCenter
        x: content.iconName === "" ? 0 : 20 + content.spacing
        width: Math.max(0, content.width - x - (aside.visible ? aside.implicitWidth + Theme.space16 : 0))
        text: content.text
        textFormat: Text.PlainText
        font: content.font
        color: content.ink
        elide: Text.ElideRight
    }
    Text {
        id: aside
        visible: content.note !== ""
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        text: content.note
        textFormat: Text.PlainText
        font.pixelSize: 12
        color: Theme.text2
    }
}

// A row to choose, in lists, popovers and the combo box: icon, words, a note at the right.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style

T.ItemDelegate {
    id: control

    property string note
    property color ink: highlighted && tinted ? Theme.tintText : Theme.text
    /// The chosen row is tinted; otherwise the highlight is only the place of the keyboard.
    property bool tinted: false
    property bool ring: visualFocus

    implicitWidth: implicitContentWidth + leftPadding + rightPadding
    implicitHeight: Theme.controlHeight
    leftPadding: 12
    rightPadding: 12
    spacing: Theme.space12
    font.pixelSize: 14
    font.weight: tinted && highlighted ? Font.Medium : Font.Normal
    hoverEnabled: true
    Accessible.name: note === "" ? text : text + ", " + note

    contentItem: RowText {
        iconName: control.icon.name
        text: control.text
        note: control.note
        font: control.font
        ink: control.enabled ? control.ink : Theme.disabled
        iconInk: !control.enabled ? Theme.disabled : control.highlighted && control.tinted ? Theme.tintText : Theme.text2
        spacing: control.spacing
    }
    background: Rectangle {
        radius: Theme.radius
        color: control.highlighted && control.tinted ? (control.hovered ? Theme.tintHover : Theme.tint)
             : control.down ? Theme.pressed : control.hovered || control.highlighted ? Theme.hover : "transparent"
        border.width: control.ring ? 2 : 0
        border.color: Theme.accent
    }
}

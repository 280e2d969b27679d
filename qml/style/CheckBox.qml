// A box to tick, with its words to the right.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style

T.CheckBox {
    id: control

    implicitWidth: implicitContentWidth + leftPadding + rightPadding
    implicitHeight: Math.max(20, implicitContentHeight)
    spacing: Theme.space8
    hoverEnabled: true
    Accessible.onToggleAction: { // by a screen reader; what the template does of itself tells nobody
        toggle();
        toggled();
    }
    font.pixelSize: 14

    indicator: Rectangle {
        y: Math.round((control.height - height) / 2)
        width: 20
        height: 20
        radius: 5
        color: control.checked && control.enabled ? Theme.accent : control.hovered ? Theme.sunken : Theme.page
        border.width: control.checked && control.enabled ? 0 : 1
        border.color: control.enabled ? Theme.control : Theme.line

        Icon {
            anchors.centerIn: parent
            visible: control.checked
            name: "check"
            size: 16
            color: control.enabled ? Theme.accentText : Theme.disabled
        }
        FocusRing {
            visible: control.visualFocus
            around: 5
        }
    }
    contentItem: Label {
        leftPadding: control.text === "" ? 20 : 20 + control.spacing
        text: control.text
        color: control.enabled ? Theme.text : Theme.disabled
    }
}

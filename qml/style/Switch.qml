// On or off, at once.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style

T.Switch {
    id: control

    implicitWidth: 40
    implicitHeight: 24
    hoverEnabled: true
    Accessible.onToggleAction: { // by a screen reader; what the template does of itself tells nobody
        toggle();
        toggled();
    }

    indicator: Rectangle {
        width: 40
        height: 24
        radius: 12
        color: !control.enabled ? Theme.sunken
             : control.checked ? (control.down ? Theme.accentPressed : control.hovered ? Theme.accentHover : Theme.accent)
             : Theme.sunken
        border.width: control.checked && control.enabled ? 0 : 1
        border.color: control.enabled ? Theme.control : Theme.line
        Behavior on color {
            ColorAnimation { duration: Theme.quick }
        }

        Rectangle {
            width: 16
            height: 16
            radius: 8
            x: control.checked ? parent.width - width - 4 : 4
            anchors.verticalCenter: parent.verticalCenter
            color: !control.enabled ? Theme.lineStrong : control.checked ? Theme.accentText : Theme.control
            Behavior on x {
                NumberAnimation { duration: Theme.quick; easing.type: Easing.OutCubic }
            }
        }
        FocusRing {
            visible: control.visualFocus
            around: 12
        }
    }
}

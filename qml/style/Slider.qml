// A value on a line. Arrow keys move it by one step.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style

T.Slider {
    id: control

    /// The value in words, for screen readers: they cannot see where the knob stands.
    property string valueText: Number(value).toLocaleString(Qt.locale(), "f", 2)

    implicitWidth: 200
    implicitHeight: 28
    leftPadding: 0
    rightPadding: 0
    hoverEnabled: true
    Accessible.description: valueText

    background: Rectangle {
        x: 0
        y: Math.round((control.height - height) / 2)
        width: control.width
        height: 4
        radius: 2
        color: Theme.lineStrong

        Rectangle {
            width: control.visualPosition * (control.width - control.handle.width) + control.handle.width / 2
            height: parent.height
            radius: 2
            color: control.enabled ? Theme.accent : Theme.disabled
        }
    }
    handle: Rectangle {
        x: control.visualPosition * (control.width - width)
        y: Math.round((control.height - height) / 2)
        width: 20
        height: 20
        radius: 10
        color: control.pressed ? Theme.tintHover : control.hovered ? Theme.tint : Theme.page
        border.width: 2
        border.color: control.enabled ? Theme.accent : Theme.disabled

        FocusRing {
            visible: control.visualFocus
            around: 10
        }
    }
}

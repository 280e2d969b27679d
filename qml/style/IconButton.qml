// A square button with an icon alone. Its text is its name for screen readers and its tooltip.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style

T.Button {
    id: control

    property int size: Theme.controlHeight
    property int iconSize: size <= Theme.smallHeight ? 18 : 20
    property color ink: hovered || checked ? Theme.text : Theme.text2
    /// Shown in the tooltip beside the name: "Ctrl+N".
    property string keys

    implicitWidth: size
    implicitHeight: size
    hoverEnabled: true
    Accessible.name: text

    contentItem: Item {
        Icon {
            anchors.centerIn: parent
            name: control.icon.name
            size: control.iconSize
            color: control.enabled ? control.ink : Theme.disabled
        }
    }

    background: Rectangle {
        radius: Theme.radius
        color: !control.enabled ? "transparent"
             : control.down || control.checked ? Theme.pressed : control.hovered ? Theme.hover : "transparent"
        Behavior on color {
            ColorAnimation { duration: Theme.quick }
        }

        FocusRing {
            visible: control.visualFocus
            gap: 0
        }
    }

    Lazy {
        active: control.hovered && control.text !== ""
        content: ToolTip {
            parent: control
            text: control.text
            keys: control.keys
            Component.onCompleted: open()
        }
    }
}

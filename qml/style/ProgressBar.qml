// How far something is. Never shown for what cannot be known.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style

T.ProgressBar {
    id: control

    implicitWidth: 200
    implicitHeight: 4
    Accessible.description: Math.round(visualPosition * 100) + " %"

    background: Rectangle {
        radius: 2
        color: Theme.line
    }
    contentItem: Item {
        Rectangle {
            width: control.visualPosition * parent.width
            height: parent.height
            radius: 2
            color: Theme.accent
        }
    }
}

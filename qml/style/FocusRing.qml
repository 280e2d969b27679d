// The ring that says where the keyboard is: 2 px, 2 px outside of what it stands around.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style

Rectangle {
    property int around: Theme.radius
    property int gap: 2

    anchors.fill: parent
    anchors.margins: -(gap + 2)
    radius: around + gap + 2
    color: "transparent"
    border.width: 2
    border.color: Theme.accent
}

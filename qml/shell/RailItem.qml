// One place of the window, in the rail.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style

T.AbstractButton {
    id: item

    required property string iconName
    property bool slim: false
    property string keys
    readonly property color ink: checked ? Theme.tintText : hovered ? Theme.text : Theme.text2

    width: slim ? 44 : 68
    height: slim ? 44 : 56
    hoverEnabled: true
    Accessible.role: Accessible.PageTab
    Accessible.name: text
    Accessible.selected: checked

    contentItem: Item {
        Icon {
            anchors.horizontalCenter: parent.horizontalCenter
            y: item.slim ? 10 : 8
            name: item.iconName
            size: 24
            color: item.ink
        }
        Text {
            visible: !item.slim
            anchors.horizontalCenter: parent.horizontalCenter
            y: 33
            text: item.text
            textFormat: Text.PlainText
            font.pixelSize: 12
            font.weight: Font.Medium
            color: item.ink
        }
    }
    background: Rectangle {
        radius: Theme.radiusCard
        color: item.checked ? Theme.tint : item.down ? Theme.pressed : item.hovered ? Theme.hover : "transparent"

        FocusRing {
            visible: item.visualFocus
            around: Theme.radiusCard
            gap: -2
        }
    }

    Lazy {
        active: item.hovered
        content: ToolTip {
            parent: item
            x: item.width + Theme.space8
            y: (item.height - height) / 2
            text: item.text
            keys: item.keys
            Component.onCompleted: open()
        }
    }
}

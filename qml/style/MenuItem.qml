// One verb of a menu, with the key that does the same.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style

T.MenuItem {
    id: control

    property string keys
    property bool danger: false
    readonly property color ink: !enabled ? Theme.disabled : danger ? Theme.red : Theme.text

    implicitWidth: ListView.view ? ListView.view.width : 240
    implicitHeight: Theme.controlHeight
    leftPadding: 12
    rightPadding: 12
    font.pixelSize: 14
    hoverEnabled: true

    contentItem: RowText {
        iconName: control.icon.name
        text: control.text
        note: control.keys
        font: control.font
        ink: control.ink
        iconInk: !control.enabled ? Theme.disabled : control.danger ? Theme.red : Theme.text2
        spacing: Theme.space12
    }
    background: Rectangle {
        radius: Theme.radius
        color: control.down ? Theme.pressed : control.highlighted || control.hovered ? Theme.hover : "transparent"
    }
}

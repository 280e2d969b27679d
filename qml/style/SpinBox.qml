// A whole number: type it, step it, or use the arrow keys.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style

T.SpinBox {
    id: control

    implicitWidth: 136
    implicitHeight: Theme.controlHeight
    leftPadding: 36
    rightPadding: 36
    editable: true
    hoverEnabled: true
    font.pixelSize: 14
    font.weight: Font.Medium

    validator: IntValidator {
        bottom: Math.min(control.from, control.to)
        top: Math.max(control.from, control.to)
    }

    contentItem: TextInput {
        text: control.displayText
        font: control.font
        color: control.enabled ? Theme.text : Theme.disabled
        selectionColor: Theme.soft
        selectedTextColor: Theme.text
        selectByMouse: true
        horizontalAlignment: Qt.AlignHCenter
        verticalAlignment: Qt.AlignVCenter
        readOnly: !control.editable
        validator: control.validator
        inputMethodHints: control.inputMethodHints
        Accessible.name: control.Accessible.name
    }
    down.indicator: StepMark {
        x: 0
        height: control.height
        iconName: "minus"
        held: control.down.pressed
        over: control.down.hovered
        enabled: control.value > control.from
    }
    up.indicator: StepMark {
        x: control.width - width
        height: control.height
        iconName: "plus"
        held: control.up.pressed
        over: control.up.hovered
        enabled: control.value < control.to
    }
    background: Rectangle {
        radius: Theme.radius
        color: control.enabled ? Theme.page : Theme.sunken
        border.width: control.activeFocus ? 2 : 1
        border.color: !control.enabled ? Theme.line : control.activeFocus ? Theme.accent : Theme.control
    }

    component StepMark: Item {
        id: mark
        required property string iconName
        required property bool held
        required property bool over
        width: 36

        Rectangle {
            anchors.fill: parent
            anchors.margins: 2
            radius: Theme.radius - 2
            color: mark.enabled && mark.held ? Theme.pressed : mark.enabled && mark.over ? Theme.hover : "transparent"
        }
        Icon {
            anchors.centerIn: parent
            name: mark.iconName
            size: 18
            color: mark.enabled ? Theme.text2 : Theme.disabled
        }
    }
}

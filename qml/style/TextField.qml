// One line of text to type. `error` turns the border red; the sentence that says why stands below, by the page.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style

T.TextField {
    id: control

    property string iconName
    property bool error: false
    /// Room kept free at the right for what the page lays over the field.
    property int trailing: 0

    implicitWidth: 200
    implicitHeight: Theme.controlHeight
    leftPadding: iconName !== "" ? 38 : 12
    rightPadding: 12 + trailing
    verticalAlignment: TextInput.AlignVCenter
    font.pixelSize: 14
    color: enabled ? Theme.text : Theme.disabled
    placeholderTextColor: enabled ? Theme.text2 : Theme.disabled
    selectionColor: Theme.soft
    selectedTextColor: Theme.text
    selectByMouse: true
    Accessible.name: placeholderText

    Icon {
        visible: control.iconName !== ""
        x: 12
        anchors.verticalCenter: parent.verticalCenter
        name: control.iconName
    }
    Text {
        x: control.leftPadding
        width: control.width - control.leftPadding - control.rightPadding
        anchors.verticalCenter: parent.verticalCenter
        visible: control.length === 0 && control.preeditText === ""
        text: control.placeholderText
        textFormat: Text.PlainText
        font: control.font
        color: control.placeholderTextColor
        elide: Text.ElideRight
    }

    background: Rectangle {
        radius: Theme.radius
        color: control.enabled ? Theme.page : Theme.sunken
        border.width: control.activeFocus || control.error ? 2 : 1
        border.color: !control.enabled ? Theme.line : control.error ? Theme.red
                    : control.activeFocus ? Theme.accent : Theme.control
    }
}

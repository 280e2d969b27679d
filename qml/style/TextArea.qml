// Several lines of text to type, without a frame of its own unless `framed`.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style

T.TextArea {
    id: control

    property bool framed: true

    implicitWidth: 200
    implicitHeight: contentHeight + topPadding + bottomPadding
    padding: framed ? 12 : 0
    topPadding: framed ? 8 : 0
    bottomPadding: framed ? 8 : 0
    font.pixelSize: 14
    wrapMode: TextEdit.Wrap
    textFormat: TextEdit.PlainText
    color: enabled ? Theme.text : Theme.disabled
    placeholderTextColor: enabled ? Theme.text2 : Theme.disabled
    selectionColor: Theme.soft
    selectedTextColor: Theme.text
    selectByMouse: true
    Accessible.role: Accessible.EditableText
    Accessible.name: placeholderText

    Text {
        x: control.leftPadding
        y: control.topPadding
        width: control.width - control.leftPadding - control.rightPadding
        visible: control.length === 0 && control.preeditText === ""
        text: control.placeholderText
        textFormat: Text.PlainText
        font: control.font
        color: control.placeholderTextColor
        elide: Text.ElideRight
    }

    background: Rectangle {
        visible: control.framed
        radius: Theme.radius
        color: control.enabled ? Theme.page : Theme.sunken
        border.width: control.activeFocus ? 2 : 1
        border.color: !control.enabled ? Theme.line : control.activeFocus ? Theme.accent : Theme.control
    }
}

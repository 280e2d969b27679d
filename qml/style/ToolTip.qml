// Names a thing after half a second of hovering; the key that does the same stands beside the name.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style

T.ToolTip {
    id: control

    property string keys

    x: parent ? Math.round((parent.width - implicitWidth) / 2) : 0
    y: parent ? parent.height + Theme.space4 : 0
    implicitWidth: contentItem.implicitWidth + leftPadding + rightPadding
    implicitHeight: Theme.smallHeight
    margins: Theme.space8
    leftPadding: 10
    rightPadding: 10
    delay: 500
    timeout: 8000
    closePolicy: T.Popup.CloseOnEscape | T.Popup.CloseOnPressOutsideParent | T.Popup.CloseOnReleaseOutsideParent

    contentItem: Row {
        spacing: Theme.space12
        Label {
            anchors.verticalCenter: parent.verticalCenter
            kind: Label.Note
            text: control.text
            color: Theme.toastText
        }
        Label {
            anchors.verticalCenter: parent.verticalCenter
            visible: text !== ""
            kind: Label.Note
            text: control.keys
            color: Theme.toastText
            opacity: 0.75
        }
    }
    background: Rectangle {
        radius: Theme.radius
        color: Theme.toast
    }
}

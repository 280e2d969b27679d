// The model chip and its list: what is loaded, how far loading has come, what else there is.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style
import Lares.Ui

T.AbstractButton {
    id: picker

    required property ModelPickerViewModel models
    required property ShortcutList shortcuts
    readonly property bool loading: models.state === ModelPickerViewModel.Loading
    readonly property string label: loading ? models.stateText : models.currentName

    signal fileWanted

    function openList() {
        list.open();
    }

    implicitWidth: Math.min(content.implicitWidth + 24, 240)
    implicitHeight: Theme.rowHeight
    hoverEnabled: true
    onClicked: list.opened ? list.close() : list.open()
    Accessible.role: Accessible.ButtonMenu
    Accessible.name: qsTr("Model: %1").arg(models.currentName)
    Accessible.description: models.stateText
    Keys.onDownPressed: list.open()

    Item {
        id: content
        anchors.fill: parent
        anchors.leftMargin: 12
        anchors.rightMargin: 10
        implicitWidth: mark.width + 8 + Math.ceil(words.implicitWidth) + 8 + 16

        Item {
            id: mark
            anchors.verticalCenter: parent.verticalCenter
            width: 18
            height: 18
            Icon {
                anchors.centerIn: parent
                visible: !picker.loading
                size: 18
                name: picker.models.state === ModelPickerViewModel.Ready ? "ok"
                    : picker.models.state === ModelPickerViewModel.Failed ? "warn" : "models"
                color: picker.models.state === ModelPickerViewModel.Ready ? Theme.accent
                     : picker.models.state === ModelPickerViewModel.Failed ? Theme.amber : Theme.text2
            }
            ProgressRing {
                anchors.centerIn: parent
                visible: picker.loading
                size: 16
                value: picker.models.percent / 100
            }
        }
        Text {
            id: words
            anchors.verticalCenter: parent.verticalCenter
            x: mark.width + 8
            width: parent.width - x - 24
            text: picker.label
            textFormat: Text.PlainText
            font.pixelSize: 14
            font.weight: Font.Medium
            color: Theme.text
            elide: Text.ElideRight
        }
        Icon {
            anchors.right: parent.right
            anchors.verticalCenter: parent.verticalCenter
            name: "down"
            size: 16
        }
    }
    background: Rectangle {
        radius: Theme.radius
        color: Theme.page
        border.width: 1
        border.color: Theme.control
        Rectangle {
            anchors.fill: parent
            radius: parent.radius
            color: picker.down || list.opened ? Theme.pressed : picker.hovered ? Theme.hover : "transparent"
        }
        FocusRing {
            visible: picker.visualFocus
        }
    }

    ModelPopover {
        id: list
        x: Math.min(0, picker.width - width)
        y: picker.height + Theme.space4
        models: picker.models
        shortcuts: picker.shortcuts
        onFileWanted: picker.fileWanted()
        onClosed: picker.forceActiveFocus(Qt.PopupFocusReason)
    }
}

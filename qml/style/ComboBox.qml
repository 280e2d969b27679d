// One of several, in a list that opens.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style

T.ComboBox {
    id: control

    implicitWidth: 208
    implicitHeight: Theme.controlHeight
    leftPadding: 12
    rightPadding: 36
    font.pixelSize: 14
    hoverEnabled: true
    // The template gives screen readers no value of its own.
    Accessible.description: displayText

    contentItem: Text {
        text: control.displayText
        textFormat: Text.PlainText
        font: control.font
        color: control.enabled ? Theme.text : Theme.disabled
        verticalAlignment: Text.AlignVCenter
        elide: Text.ElideRight
    }
    indicator: Icon {
        x: control.width - width - 12
        y: Math.round((control.height - height) / 2)
        name: "down"
        size: 16
        color: control.enabled ? Theme.text2 : Theme.disabled
    }
    background: Rectangle {
        radius: Theme.radius
        color: control.enabled ? Theme.page : Theme.sunken
        border.width: 1
        border.color: control.enabled ? Theme.control : Theme.line

        Rectangle {
            anchors.fill: parent
            radius: parent.radius
            color: control.down ? Theme.pressed : control.hovered ? Theme.hover : "transparent"
        }
        FocusRing {
            visible: control.visualFocus
        }
    }

    delegate: ItemRow {
        required property var model
        required property int index
        width: ListView.view ? ListView.view.width : implicitWidth
        text: model[control.textRole] ?? ""
        highlighted: control.highlightedIndex === index
        tinted: control.currentIndex === index
        icon.name: control.currentIndex === index ? "check" : ""
    }

    popup: Popover {
        y: control.height + Theme.space4
        width: Math.max(control.width, 160)
        height: Math.min(contentItem.implicitHeight + topPadding + bottomPadding, 360)
        margins: Theme.space8

        contentItem: ListView {
            clip: true
            implicitHeight: contentHeight
            model: control.delegateModel
            currentIndex: control.highlightedIndex
            boundsBehavior: Flickable.StopAtBounds
            T.ScrollBar.vertical: ScrollBar {}
        }
    }
}

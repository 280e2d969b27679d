// The files that go with the next message; each can be taken out.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style
import Lares.Ui

Flow {
    id: chips

    required property ChatViewModel chat

    visible: chat.attachments.length > 0
    spacing: Theme.space8

    Repeater {
        model: chips.chat.attachments
        delegate: Rectangle {
            id: chip
            required property int index
            required property string modelData
            width: Math.min(chips.width, name.implicitWidth + 68)
            height: Theme.rowHeight
            radius: Theme.radius
            color: Theme.sunken
            border.width: 1
            border.color: Theme.line

            Icon {
                x: 8
                anchors.verticalCenter: parent.verticalCenter
                name: "file-text"
                size: 18
            }
            Label {
                id: name
                x: 32
                anchors.verticalCenter: parent.verticalCenter
                width: parent.width - 68
                text: chip.modelData
                elide: Text.ElideMiddle
            }
            IconButton {
                anchors.right: parent.right
                anchors.rightMargin: 2
                anchors.verticalCenter: parent.verticalCenter
                size: Theme.smallHeight
                iconSize: 16
                icon.name: "x"
                text: qsTr("Do not attach %1").arg(chip.modelData)
                onClicked: chips.chat.removeAttachment(chip.index)
            }
        }
    }
}

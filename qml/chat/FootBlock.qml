// Under an answer: what it is doing, why it ended, and what can be done with it.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style
import Lares.Ui

Item {
    id: block

    required property BlockRow row
    readonly property ChatViewModel chat: row.chat
    readonly property bool writing: row.messageState === MessageBlocksModel.Writing
    readonly property bool failed: row.messageState === MessageBlocksModel.Failed

    implicitHeight: writing ? 28 : failed ? banner.height + 8 + Theme.controlHeight : Theme.controlHeight

    Label {
        visible: block.writing && block.chat.activity !== ChatViewModel.Answering
        y: 6
        kind: Label.Note
        text: block.chat.activityText
        color: Theme.text2
    }
    Banner {
        id: banner
        visible: block.failed
        width: parent.width
        closable: false
        title: block.row.error
        actionText: block.row.lastMessage ? qsTr("Try again") : ""
        onAction: block.chat.regenerate(block.row.messageId)
    }
    Row {
        x: -8
        y: block.failed ? banner.height + 8 : 0
        visible: !block.writing

        IconButton {
            icon.name: "copy"
            text: qsTr("Copy this answer")
            onClicked: block.chat.copy(block.row.messageId)
        }
        IconButton {
            icon.name: "refresh"
            text: qsTr("Another answer")
            enabled: !block.chat.busy
            onClicked: block.chat.regenerate(block.row.messageId)
        }
        Row {
            anchors.verticalCenter: parent.verticalCenter
            visible: block.row.branchCount > 1
            leftPadding: 8
            rightPadding: 8

            IconButton {
                size: Theme.smallHeight
                iconSize: 16
                icon.name: "left"
                text: qsTr("The answer before")
                enabled: block.row.branch > 1 && !block.chat.busy
                onClicked: block.chat.showBranch(block.row.messageId, block.row.branch - 1)
            }
            Label {
                anchors.verticalCenter: parent.verticalCenter
                kind: Label.Note
                text: qsTr("%1 / %2").arg(block.row.branch).arg(block.row.branchCount)
                color: Theme.text2
            }
            IconButton {
                size: Theme.smallHeight
                iconSize: 16
                icon.name: "right"
                text: qsTr("The next answer")
                enabled: block.row.branch < block.row.branchCount && !block.chat.busy
                onClicked: block.chat.showBranch(block.row.messageId, block.row.branch + 1)
            }
        }
        IconButton {
            id: info
            visible: block.row.details !== ""
            icon.name: "info"
            text: qsTr("How this answer was made")
            checked: (detailsLoader.object as DetailsPopover)?.opened ?? false
            onClicked: detailsLoader.active = true
        }
        Label {
            anchors.verticalCenter: parent.verticalCenter
            width: Math.min(implicitWidth, block.width + 8 - x)
            leftPadding: 8
            elide: Text.ElideRight
            kind: Label.Note
            text: block.row.messageState === MessageBlocksModel.Stopped
                  ? (block.row.stats === "" ? qsTr("Stopped") : qsTr("Stopped, %1").arg(block.row.stats)) : block.row.stats
            color: Theme.text2
        }
    }
    Lazy {
        id: detailsLoader
        active: false
        content: DetailsPopover {
            parent: info
            details: block.row.details
            onClosed: detailsLoader.active = false
            Component.onCompleted: open()
        }
    }
}

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

    readonly property real verbsY: failed ? banner.height + 8 : 0

    implicitHeight: (writing ? 28 : verbsY + Theme.controlHeight) + (row.summarised ? summaryBar.height + 8 : 0)

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
        y: block.verbsY
        visible: !block.writing

        IconButton {
            icon.name: "copy"
            text: qsTr("Copy this answer")
            onClicked: block.chat.copy(block.row.messageId)
        }
        IconButton {
            objectName: "editAnswer"
            icon.name: "edit"
            text: qsTr("Change this answer")
            enabled: !block.chat.busy
            onClicked: block.chat.edit(block.row.messageId)
        }
        IconButton {
            icon.name: "refresh"
            text: qsTr("Another answer")
            enabled: !block.chat.busy
            onClicked: block.chat.regenerate(block.row.messageId)
        }
        IconButton {
            objectName: "continueAnswer"
            visible: block.row.lastMessage && !block.failed
            icon.name: "continue"
            text: qsTr("Go on with this answer")
            enabled: !block.chat.busy
            onClicked: block.chat.continueAnswer(block.row.messageId)
        }
        BranchSwitch {
            anchors.verticalCenter: parent.verticalCenter
            row: block.row
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
            onAgainWanted: block.chat.reproduce(block.row.messageId)
            onClosed: detailsLoader.active = false
            Component.onCompleted: open()
        }
    }
    SummaryBar {
        id: summaryBar
        visible: block.row.summarised
        anchors.bottom: parent.bottom
        width: parent.width
        row: block.row
    }
}

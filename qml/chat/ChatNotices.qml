// What stands in the way, between the messages and the composer: one banner each, gone with its cause.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style
import Lares.Ui

Column {
    id: notices

    required property ChatViewModel chat
    required property ModelPickerViewModel models
    property string closedFailure
    property bool fullClosed: false

    signal fileWanted
    signal keepWanted

    topPadding: 8
    bottomPadding: 8
    spacing: 8

    Connections {
        target: notices.chat
        function onChatIdChanged() {
            notices.fullClosed = false;
        }
    }
    Banner {
        objectName: "storeFull"
        width: parent.width
        visible: notices.chat.storeFull
        closable: false
        title: qsTr("The disk is full")
        detail: qsTr("Nothing new is taken, and nothing is lost. It goes on by itself once there is room.")
    }
    Banner {
        width: parent.width
        visible: notices.models.state === ModelPickerViewModel.Failed && notices.models.stateText !== notices.closedFailure
        title: notices.models.stateText
        actionText: qsTr("Open another…")
        onAction: notices.fileWanted()
        onClosed: notices.closedFailure = notices.models.stateText
    }
    Banner {
        width: parent.width
        visible: notices.chat.errorText !== ""
        title: notices.chat.errorText
        onClosed: notices.chat.dismissError()
    }
    Banner {
        objectName: "temporaryNotice"
        width: parent.width
        visible: notices.chat.temporary
        warning: true
        closable: false
        title: qsTr("Nothing of this chat is written. It is gone when you leave it.")
        actionText: notices.chat.chatId > 0 ? qsTr("Keep it") : ""
        onAction: notices.keepWanted()
    }
    Rectangle {
        objectName: "contextNotice"
        width: parent.width
        height: words.height + 60
        visible: notices.chat.nearlyFull && !notices.fullClosed && !notices.chat.busy
        radius: Theme.radiusCard
        color: Theme.amberTint
        border.width: 1
        border.color: Theme.amberLine
        Accessible.role: Accessible.AlertMessage
        Accessible.name: words.text

        Icon {
            x: 18
            y: 12
            name: "warn"
            color: Theme.amber
        }
        Label {
            id: words
            x: 50
            y: 12
            width: parent.width - x - 44
            text: notices.chat.summarising ? qsTr("The model is writing the summary…")
                  : qsTr("This chat is nearly full: %1 tokens. What should the model be told instead of the older part?").arg(notices.chat.contextText)
            wrapMode: Text.Wrap
        }
        Row {
            x: 50
            anchors.bottom: parent.bottom
            anchors.bottomMargin: 12
            spacing: 8
            Button {
                objectName: "summarise"
                size: Theme.smallHeight
                text: notices.chat.summarising ? qsTr("Stop") : qsTr("A summary")
                onClicked: notices.chat.summarising ? notices.chat.stopSummarising() : notices.chat.summariseOlder()
            }
            Button {
                objectName: "leaveOut"
                visible: !notices.chat.summarising
                variant: Button.Quiet
                size: Theme.smallHeight
                text: qsTr("Nothing")
                onClicked: notices.chat.dropOlder()
            }
        }
        IconButton {
            anchors.right: parent.right
            anchors.rightMargin: 8
            y: 8
            size: Theme.smallHeight
            iconSize: 16
            icon.name: "x"
            text: qsTr("Close")
            onClicked: notices.fullClosed = true
        }
    }
}

// Which of several messages in one place is shown: `< 2/3 >`.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style
import Lares.Ui

Row {
    id: control

    required property BlockRow row
    readonly property bool answer: row.author === MessageBlocksModel.Assistant

    visible: row.branchCount > 1
    leftPadding: 8
    rightPadding: 8

    IconButton {
        objectName: "branchBefore"
        size: Theme.smallHeight
        iconSize: 16
        icon.name: "left"
        text: control.answer ? qsTr("The answer before") : qsTr("The wording before")
        enabled: control.row.branch > 1 && !control.row.chat.busy
        onClicked: control.row.chat.showBranch(control.row.messageId, control.row.branch - 1)
    }
    Label {
        anchors.verticalCenter: parent.verticalCenter
        kind: Label.Note
        text: qsTr("%1 / %2").arg(control.row.branch).arg(control.row.branchCount)
        color: Theme.text2
    }
    IconButton {
        size: Theme.smallHeight
        iconSize: 16
        icon.name: "right"
        text: control.answer ? qsTr("The next answer") : qsTr("The next wording")
        enabled: control.row.branch < control.row.branchCount && !control.row.chat.busy
        onClicked: control.row.chat.showBranch(control.row.messageId, control.row.branch + 1)
    }
}

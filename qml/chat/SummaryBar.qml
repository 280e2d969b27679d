// Between the older part of a chat and the rest: what the model is told in its place, and the way back.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style

Rectangle {
    id: bar

    required property BlockRow row
    property bool unfolded: false

    implicitHeight: words.implicitHeight + (text.visible ? text.implicitHeight + 8 : 0) + 20
    radius: Theme.radiusCard
    color: Theme.sunken
    border.width: 1
    border.color: Theme.line
    Accessible.role: Accessible.Grouping
    Accessible.name: words.text

    Label {
        id: words
        x: 16
        y: 10
        width: parent.width - x - verbs.width - 24
        text: bar.row.summary === "" ? qsTr("The model is not told what stands above. It is all kept.")
                                     : qsTr("The model is told a summary of what stands above. It is all kept.")
        color: Theme.text2
        wrapMode: Text.Wrap
    }
    Row {
        id: verbs
        anchors.right: parent.right
        anchors.rightMargin: 8
        y: 6
        Button {
            visible: bar.row.summary !== ""
            variant: Button.Quiet
            size: Theme.smallHeight
            text: bar.unfolded ? qsTr("Fold") : qsTr("Show it")
            onClicked: bar.unfolded = !bar.unfolded
        }
        Button {
            objectName: "undoSummary"
            variant: Button.Quiet
            size: Theme.smallHeight
            text: qsTr("Undo")
            onClicked: bar.row.chat.undoSummary(bar.row.messageId)
        }
    }
    Label {
        id: text
        visible: bar.unfolded && bar.row.summary !== ""
        x: 16
        anchors.top: words.bottom
        anchors.topMargin: 8
        width: parent.width - 32
        text: bar.row.summary
        wrapMode: Text.Wrap
    }
}

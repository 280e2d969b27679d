// How much of what the model can hold this chat takes: a bar and its number, amber from 90 %.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style
import Lares.Ui

Row {
    id: bar

    required property ChatViewModel chat
    required property int barWidth
    property bool brief: false
    readonly property bool known: chat.contextTotal > 0 && chat.contextUsed > 0
    readonly property real share: known ? Math.min(1, chat.contextUsed / chat.contextTotal) : 0
    readonly property bool nearlyFull: share >= 0.9

    spacing: Theme.space8
    Accessible.role: Accessible.StaticText
    Accessible.name: qsTr("Context: %1 tokens").arg(chat.contextText)

    Rectangle {
        anchors.verticalCenter: parent.verticalCenter
        width: bar.barWidth
        height: 8
        radius: 4
        color: Theme.line

        Rectangle {
            width: Math.max(height, bar.share * parent.width)
            height: parent.height
            radius: 4
            color: bar.nearlyFull ? Theme.amberFill : Theme.accent
        }
    }
    Label {
        anchors.verticalCenter: parent.verticalCenter
        kind: bar.nearlyFull ? Label.Section : Label.Note
        text: bar.brief ? bar.chat.contextShortText : bar.chat.contextText
        color: bar.nearlyFull ? Theme.amber : Theme.text2
    }
    HoverHandler {
        id: hover
    }
    Lazy {
        active: hover.hovered
        content: ToolTip {
            parent: bar
            text: qsTr("This chat takes %1 tokens of context").arg(bar.chat.contextText)
            Component.onCompleted: open()
        }
    }
}

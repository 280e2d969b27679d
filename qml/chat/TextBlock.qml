// A paragraph, a heading or an item of a list, in its quotes and lists; while it grows, the mark at its end.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style
import Lares.Ui

Item {
    id: block

    required property BlockRow row
    readonly property bool heading: row.kind === MessageBlocksModel.Heading
    readonly property int indent: row.quoteDepth * 16 + row.listDepth * 20

    implicitHeight: words.height

    Repeater {
        model: block.row.quoteDepth
        delegate: Rectangle {
            required property int index
            x: index * 16
            width: 3
            height: block.height
            radius: 1.5
            color: Theme.lineStrong
        }
    }
    Text {
        visible: block.row.marker !== "" && block.row.taskState === MessageBlocksModel.NoTask
        anchors.right: words.left
        anchors.rightMargin: block.row.marker === "•" ? 8 : 5
        y: words.firstLine
        text: block.row.marker
        textFormat: Text.PlainText
        font.pixelSize: words.font.pixelSize
        color: Theme.text2
    }
    Rectangle {
        visible: block.row.taskState !== MessageBlocksModel.NoTask
        x: block.indent - 20
        y: 4
        width: 16
        height: 16
        radius: 4
        color: block.row.taskState === MessageBlocksModel.DoneTask ? Theme.accent : "transparent"
        border.width: block.row.taskState === MessageBlocksModel.DoneTask ? 0 : 1
        border.color: Theme.control
        Icon {
            anchors.centerIn: parent
            visible: block.row.taskState === MessageBlocksModel.DoneTask
            name: "check"
            size: 14
            color: Theme.accentText
        }
    }
    MessageText {
        id: words
        /// Where the glyphs of the first line begin: markers stand on the same line.
        readonly property real firstLine: length >= 0 ? Math.max(0, positionToRectangle(0).y) : 0

        row: block.row
        x: block.indent
        width: block.width - x
        text: block.row.html
        color: block.row.quoteDepth > 0 ? Theme.text2 : Theme.text
        font.pixelSize: block.heading && block.row.level === 1 ? 20 : 16
        font.weight: block.heading ? Font.DemiBold : Font.Normal
    }
    Lazy {
        active: block.row.growing
        content: GrowingMark {
            edit: words
        }
    }
}

// A table: column heads, hairlines, cells that wrap. One with many columns scrolls sideways rather than break words.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Lares.Style

Item {
    id: block

    required property BlockRow row

    implicitHeight: grid.implicitHeight
    Accessible.role: Accessible.StaticText
    Accessible.name: row.plain

    Flickable {
        id: body
        width: parent.width
        height: parent.height
        contentWidth: Math.max(width, Math.min(grid.implicitWidth, grid.columns * 120))
        contentHeight: height
        clip: contentWidth > width
        interactive: contentWidth > width
        flickableDirection: Flickable.HorizontalFlick
        boundsBehavior: Flickable.StopAtBounds
        T.ScrollBar.horizontal: ScrollBar {}

        GridLayout {
            id: grid
            width: body.contentWidth
            columns: Math.max(1, block.row.columns)
            columnSpacing: 0
            rowSpacing: 0

            Repeater {
                model: block.row.cells
                delegate: Item {
                    id: cell
                    required property int index
                    required property string modelData
                    readonly property int column: index % grid.columns
                    readonly property bool head: index < grid.columns

                    Layout.fillWidth: true
                    Layout.fillHeight: true
                    Layout.minimumWidth: 48
                    Layout.preferredWidth: Math.min(320, words.implicitWidth + words.rightPadding)
                    implicitHeight: Math.max(head ? 28 : Theme.rowHeight, words.contentHeight + (head ? 8 : 10))

                    Text {
                        id: words
                        width: parent.width
                        height: parent.height
                        topPadding: cell.head ? 0 : 2
                        rightPadding: cell.column === grid.columns - 1 ? 0 : Theme.space16
                        verticalAlignment: Text.AlignVCenter
                        horizontalAlignment: block.row.alignments[cell.column] ?? Text.AlignLeft
                        text: cell.modelData
                        textFormat: Text.RichText
                        wrapMode: Text.Wrap
                        font.pixelSize: cell.head ? 12 : 14
                        font.weight: cell.head ? Font.DemiBold : Font.Normal
                        color: cell.head ? Theme.text2 : Theme.text
                    }
                    Rectangle {
                        anchors.bottom: parent.bottom
                        width: parent.width
                        height: 1
                        color: cell.head ? Theme.lineStrong : Theme.line
                    }
                }
            }
        }
    }
}

// Code on its sunken card: language, wrap, copy; long lines scroll sideways unless wrapped.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style
import Lares.Ui

Item {
    id: block

    required property BlockRow row
    readonly property int indent: row.listDepth * 20 + row.quoteDepth * 16

    implicitHeight: card.height

    Rectangle {
        id: card
        x: block.indent
        width: block.width - x
        height: 37 + body.height
        radius: Theme.radiusCard
        color: Theme.sunken
        border.width: 1
        border.color: Theme.line

        Label {
            x: Theme.space16
            y: 10
            kind: Label.Note
            font.weight: Font.Medium
            text: block.row.language === "" ? qsTr("Code") : block.row.language
            color: Theme.text2
        }
        Row {
            anchors.right: parent.right
            anchors.rightMargin: 6
            y: 4
            spacing: 4
            IconButton {
                size: Theme.smallHeight
                icon.name: "wrap"
                checked: block.row.wrapCode
                text: block.row.wrapCode ? qsTr("Do not wrap lines") : qsTr("Wrap long lines")
                onClicked: block.row.chat.blocks.toggleWrap(block.row.index)
            }
            Button {
                variant: Button.Quiet
                size: Theme.smallHeight
                ink: hovered ? Theme.text : Theme.text2
                font.pixelSize: 12
                iconSize: 16
                icon.name: "copy"
                text: qsTr("Copy")
                Accessible.name: qsTr("Copy the code")
                onClicked: block.row.chat.copyBlock(block.row.index)
            }
        }
        Rectangle {
            y: 36
            width: parent.width
            height: 1
            color: Theme.line
        }
        Flickable {
            id: body
            x: 1
            y: 37
            width: parent.width - 2
            height: edit.height + 24
            contentWidth: block.row.wrapCode ? width : Math.max(width, edit.implicitWidth + 32)
            contentHeight: height
            clip: true
            interactive: contentWidth > width
            flickableDirection: Flickable.HorizontalFlick
            boundsBehavior: Flickable.StopAtBounds
            T.ScrollBar.horizontal: ScrollBar {}

            MessageText {
                id: edit
                row: block.row
                x: 15
                y: 12
                width: block.row.wrapCode ? body.width - 30 : implicitWidth
                text: block.row.plain
                textFormat: TextEdit.PlainText
                wrapMode: block.row.wrapCode ? TextEdit.WrapAnywhere : TextEdit.NoWrap
                font.family: Theme.monoFamily
                font.pixelSize: 14

                CodeHighlighter {
                    document: edit.textDocument
                    // A long block that still grows gets its colours when it is finished.
                    language: block.row.growing && edit.lineCount > 150 ? "" : block.row.language
                    keyword: Theme.codeKeyword
                    string: Theme.codeString
                    comment: Theme.codeComment
                }
            }
        }
    }
}

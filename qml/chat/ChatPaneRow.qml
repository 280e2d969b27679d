// One chat in the list: its title, or the title and the place a search found.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style

T.ItemDelegate {
    id: row

    required property double chatId
    required property string title
    required property string snippet
    required property bool current
    required property bool answering
    required property string when
    required property double hitMessageId

    property bool searching: false
    property bool renaming: false
    property bool ring: false
    property bool menuOpen: false

    signal renameWanted
    signal renamed(string title)
    signal renameLeft(bool keepFocus)
    signal menuWanted(point at)

    height: searching && snippet !== "" ? 60 : Theme.rowHeight
    focusPolicy: Qt.NoFocus
    hoverEnabled: true
    text: title
    onDoubleClicked: renameWanted()
    Accessible.role: Accessible.ListItem
    Accessible.name: answering ? qsTr("%1, answering").arg(title) : title
    Accessible.selected: current

    background: Item {
        Rectangle {
            anchors.fill: parent
            anchors.leftMargin: 8
            anchors.rightMargin: 9
            radius: Theme.radius
            color: row.current ? (row.hovered ? Theme.tintHover : Theme.tint)
                 : row.down ? Theme.pressed : row.hovered || row.menuOpen ? Theme.hover : "transparent"
            border.width: row.ring ? 2 : 0
            border.color: Theme.accent
        }
    }
    contentItem: Item {
        Label {
            x: Theme.space16
            y: 6
            width: parent.width - x - (more.visible ? 46 : row.answering ? 36 : 20)
            visible: !row.renaming
            kind: row.current ? Label.Strong : Label.Body
            text: row.title
            color: row.current ? Theme.tintText : Theme.text
            elide: Text.ElideRight
        }
        Text {
            x: Theme.space16
            y: 28
            width: parent.width - 36
            visible: row.searching && row.snippet !== ""
            text: row.snippet
            textFormat: Text.StyledText
            font.pixelSize: 12
            color: Theme.text2
            wrapMode: Text.Wrap
            maximumLineCount: 2
            lineHeight: 14
            lineHeightMode: Text.FixedHeight
            elide: Text.ElideRight
        }
    }
    Rectangle {
        visible: row.answering && !more.visible
        x: row.width - 29
        y: 12
        width: 8
        height: 8
        radius: 4
        color: Theme.accent
    }
    IconButton {
        id: more
        visible: (row.hovered || row.menuOpen) && !row.renaming
        x: row.width - 41
        y: 2
        size: Theme.smallHeight
        icon.name: "more"
        text: qsTr("More")
        focusPolicy: Qt.NoFocus
        onClicked: row.menuWanted(Qt.point(x, y + height + 2))
    }
    TapHandler {
        acceptedButtons: Qt.RightButton
        onTapped: eventPoint => row.menuWanted(eventPoint.position)
    }
    Lazy {
        x: 8
        width: row.width - 17
        height: Theme.rowHeight
        active: row.renaming
        content: TitleField {
            width: row.width - 17
            height: Theme.rowHeight
            leftPadding: 7
            title: row.title
            onAccepted: row.renamed(text)
            onEnded: keepFocus => row.renameLeft(keepFocus)
        }
    }
}

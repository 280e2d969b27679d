// The head of a list pane.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style

Item {
    id: header

    required property string title
    default property alias verbs: row.data

    implicitHeight: Theme.headerHeight

    Label {
        anchors.verticalCenter: parent.verticalCenter
        x: Theme.space16
        kind: Label.Title
        text: header.title
        Accessible.role: Accessible.Heading
    }
    Row {
        id: row
        anchors.verticalCenter: parent.verticalCenter
        anchors.right: parent.right
        anchors.rightMargin: 12
    }
}

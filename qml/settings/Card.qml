// Rows that belong together, framed, with hairlines between.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style

Rectangle {
    default property alias rows: column.data

    implicitHeight: column.height + 2
    radius: Theme.radiusCard
    color: Theme.page
    border.width: 1
    border.color: Theme.line

    Column {
        id: column
        x: 1
        y: 1
        width: parent.width - 2
    }
}

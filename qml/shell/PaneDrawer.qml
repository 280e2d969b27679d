// The list pane of a narrow window: comes over the page from the left.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style

T.Drawer {
    id: drawer

    parent: T.Overlay.overlay
    edge: Qt.LeftEdge
    width: Theme.listPaneWidth
    height: parent ? parent.height : 0
    modal: true
    focus: true
    padding: 0
    interactive: opened

    background: Rectangle {
        color: Theme.pane
        Rectangle {
            anchors.right: parent.right
            width: 1
            height: parent.height
            color: Theme.lineStrong
        }
    }
    enter: Transition {
        NumberAnimation { duration: Theme.steady; easing.type: Easing.OutCubic }
    }
    exit: Transition {
        NumberAnimation { duration: Theme.quick; easing.type: Easing.OutCubic }
    }
    T.Overlay.modal: Rectangle {
        color: Theme.dim
    }
}

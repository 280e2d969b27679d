// A list of verbs.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style

T.Menu {
    id: control

    implicitWidth: Math.max(200, contentItem.childrenRect.width + leftPadding + rightPadding)
    implicitHeight: implicitContentHeight + topPadding + bottomPadding
    padding: Theme.space4
    margins: Theme.space8
    overlap: 1

    delegate: MenuItem {}
    contentItem: ListView {
        implicitWidth: 240
        implicitHeight: contentHeight
        model: control.contentModel
        interactive: false
        currentIndex: control.currentIndex
    }
    background: RaisedPanel {}
    enter: RiseIn {}
    exit: FadeOut {}
}

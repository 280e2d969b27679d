// A question or a list above the dimmed page. Esc closes it; the focus goes back to where it was.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style

T.Dialog {
    id: control

    parent: T.Overlay.overlay
    x: parent ? Math.round((parent.width - width) / 2) : 0
    y: parent ? Math.round((parent.height - height) / 2) : 0
    implicitWidth: Math.max(implicitContentWidth, implicitHeaderWidth, implicitFooterWidth) + leftPadding + rightPadding
    implicitHeight: topPadding + implicitContentHeight + bottomPadding
                    + (implicitHeaderHeight > 0 ? implicitHeaderHeight : 0)
                    + (implicitFooterHeight > 0 ? implicitFooterHeight : 0)
    leftPadding: 20
    rightPadding: 20
    topPadding: Theme.space8
    bottomPadding: 20
    margins: Theme.space16
    modal: true
    focus: true

    header: Label {
        kind: Label.Title
        leftPadding: 20
        rightPadding: 56
        topPadding: 20
        bottomPadding: 0
        text: control.title
        visible: text !== ""
        elide: Text.ElideRight
    }
    background: RaisedPanel {}
    enter: RiseIn {}
    exit: FadeOut {}
    T.Overlay.modal: Rectangle {
        color: Theme.dim
    }
}

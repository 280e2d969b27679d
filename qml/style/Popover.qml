// Something raised above the page: one line strong border, no shadow, fades in and rises 4 px.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style

T.Popup {
    id: control

    implicitWidth: implicitContentWidth + leftPadding + rightPadding
    implicitHeight: implicitContentHeight + topPadding + bottomPadding
    padding: Theme.space4
    margins: Theme.space8
    focus: true

    background: RaisedPanel {}
    enter: RiseIn {}
    exit: FadeOut {}
}

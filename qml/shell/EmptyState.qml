// What a page says when there is nothing on it yet, and the one thing to do.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style

Column {
    id: state

    property string iconName
    required property string title
    property string detail
    property string verb
    property string verbIcon
    property string keys

    signal act

    spacing: Theme.space8

    Icon {
        anchors.horizontalCenter: parent.horizontalCenter
        visible: state.iconName !== ""
        name: state.iconName
        size: 32
    }
    Label {
        width: parent.width
        horizontalAlignment: Text.AlignHCenter
        kind: Label.Title
        text: state.title
        wrapMode: Text.Wrap
    }
    Label {
        width: parent.width
        visible: text !== ""
        horizontalAlignment: Text.AlignHCenter
        text: state.detail
        color: Theme.text2
        wrapMode: Text.Wrap
    }
    Item {
        width: 1
        height: Theme.space4
        visible: button.visible
    }
    Button {
        id: button
        anchors.horizontalCenter: parent.horizontalCenter
        visible: state.verb !== ""
        text: state.verb
        icon.name: state.verbIcon
        onClicked: state.act()
    }
}

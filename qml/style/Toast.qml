// Says what was just done, and takes it back. Stays six seconds, longer while hovered or focused; one at a time.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import Lares.Style

Rectangle {
    id: toast

    property string text
    property string iconName
    property string actionText
    readonly property bool open: text !== ""
    /// Longer words end in an ellipsis; the verb never does.
    property real maximumWidth: Infinity

    signal action
    /// Its time is over, or it was closed; also after its action.
    signal closed

    function show(words: string, icon: string, verb: string) {
        text = words;
        iconName = icon;
        actionText = verb;
        clock.restart();
    }
    function close() {
        if (!open)
            return;
        clock.stop();
        text = "";
        closed();
    }
    function act() {
        action();
        close();
    }

    visible: open
    implicitWidth: Math.min(row.implicitWidth + 32, maximumWidth)
    implicitHeight: Theme.largeHeight
    radius: Theme.radiusCard
    color: Theme.toast
    Accessible.role: Accessible.Notification
    Accessible.name: text

    Timer {
        id: clock
        interval: 6000
        onTriggered: {
            if (hover.hovered || verb.activeFocus)
                clock.restart();
            else
                toast.close();
        }
    }
    HoverHandler {
        id: hover
    }
    RowLayout {
        id: row
        anchors.fill: parent
        anchors.leftMargin: Theme.space16
        anchors.rightMargin: Theme.space16
        spacing: Theme.space12
        Icon {
            visible: toast.iconName !== ""
            name: toast.iconName
            color: Theme.toastText
        }
        Text {
            Layout.fillWidth: true
            text: toast.text
            elide: Text.ElideRight
            textFormat: Text.PlainText
            font.pixelSize: 14
            color: Theme.toastText
        }
        T.Button {
            id: verb
            visible: toast.actionText !== ""
            text: toast.actionText
            padding: Theme.space4
            implicitWidth: implicitContentWidth + leftPadding + rightPadding
            implicitHeight: Theme.smallHeight
            onClicked: toast.act()
            contentItem: Text {
                text: verb.text
                textFormat: Text.PlainText
                font.pixelSize: 14
                font.weight: Font.Medium
                font.underline: verb.hovered
                color: Theme.toastAction
                verticalAlignment: Text.AlignVCenter
            }
            background: Rectangle {
                radius: Theme.radius
                color: "transparent"
                border.width: verb.visualFocus ? 2 : 0
                border.color: Theme.toastAction
            }
        }
    }
}

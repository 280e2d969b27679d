// The rows of a chat. Follows the end while an answer grows, unless scrolled up; then a pill takes you back.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style
import Lares.Ui

FocusScope {
    id: messages

    required property ChatViewModel chat
    property bool compact: false
    /// The end stays in view. Only the person's own scrolling takes this away.
    property bool following: true
    readonly property bool atEnd: list.contentY + list.height >= list.originY + list.contentHeight - 24

    property bool byPointer: false

    /// A letter typed here belongs to the composer.
    signal typed(string text)

    function toEnd() {
        following = true;
        list.positionViewAtEnd();
    }
    function toStart() {
        following = list.contentHeight <= list.height;
        settle.stop();
        list.positionViewAtBeginning();
    }
    function scrollPage(direction: int) {
        list.scrollBy(direction * (list.height - 48));
    }

    Connections {
        target: messages.chat
        function onMessageWanted(messageId) {
            messages.following = false;
            settle.stop();
            list.positionViewAtIndex(messages.chat.blocks.firstRow(messageId), ListView.Beginning);
        }
    }
    ListView {
        id: list

        function scrollBy(pixels: real) {
            settle.stop();
            const last = Math.max(originY, originY + contentHeight - height);
            contentY = Math.max(originY, Math.min(last, contentY + pixels));
            messages.following = messages.atEnd;
        }

        anchors.fill: parent
        clip: true
        focus: true
        activeFocusOnTab: true
        model: messages.chat.blocks
        cacheBuffer: 400
        reuseItems: true
        boundsBehavior: Flickable.StopAtBounds
        highlightFollowsCurrentItem: false
        bottomMargin: Theme.space8
        T.ScrollBar.vertical: ScrollBar {
            id: scrollBar
            onPressedChanged: if (!pressed) messages.following = messages.atEnd
        }
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Messages")

        delegate: BlockDelegate {
            width: list.width
            chat: messages.chat
            area: selection
            compact: messages.compact
        }

        onActiveFocusChanged: if (!activeFocus) messages.byPointer = false
        onMovementEnded: messages.following = messages.atEnd
        onContentYChanged: if (moving || scrollBar.pressed) messages.following = messages.atEnd
        onContentHeightChanged: if (messages.following) settle.restart()
        onHeightChanged: if (messages.following) positionViewAtEnd()

        Keys.onUpPressed: scrollBy(-48)
        Keys.onDownPressed: scrollBy(48)
        Keys.onPressed: event => {
            if (event.matches(StandardKey.Copy))
                selection.copy();
            else if (event.matches(StandardKey.SelectAll))
                selection.selectCurrentMessage();
            else if (event.key === Qt.Key_PageUp || event.key === Qt.Key_PageDown)
                messages.scrollPage(event.key === Qt.Key_PageUp ? -1 : 1);
            else if (event.key === Qt.Key_Home)
                messages.toStart();
            else if (event.key === Qt.Key_End)
                messages.toEnd();
            else if (event.text > " " && !(event.modifiers & (Qt.ControlModifier | Qt.AltModifier)))
                messages.typed(event.text);
            else
                return;
            event.accepted = true;
        }
        Keys.onShortcutOverride: event => event.accepted = event.matches(StandardKey.Copy)
    }
    Timer { // after the new rows have their heights
        id: settle
        interval: 0
        onTriggered: list.positionViewAtEnd()
    }
    SelectionArea {
        id: selection
        anchors.fill: list
        view: list
        blocks: messages.chat.blocks
        onSelectionChanged: {
            if (!hasSelection)
                return;
            messages.byPointer = !list.activeFocus;
            list.forceActiveFocus(Qt.MouseFocusReason);
        }
        onLinkActivated: url => Qt.openUrlExternally(url)
    }
    Rectangle {
        anchors.fill: parent
        anchors.margins: 2
        visible: list.activeFocus && !selection.hasSelection && !messages.byPointer
        color: "transparent"
        radius: Theme.radius
        border.width: 2
        border.color: Theme.accent
    }
    Button {
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: 12
        visible: !messages.following && !messages.atEnd
        icon.name: "down"
        iconSize: 16
        text: qsTr("To the end")
        onClicked: messages.toEnd()
    }
    Connections {
        target: messages.chat
        function onChatIdChanged() {
            selection.clear();
            messages.following = true;
            settle.restart();
        }
    }
    Binding {
        target: messages.chat.blocks
        property: "linkColor"
        value: Theme.accent
    }
    Binding {
        target: messages.chat.blocks
        property: "codeColor"
        value: Theme.text
    }
    Binding {
        target: messages.chat.blocks
        property: "codeBackground"
        value: Theme.sunken
    }
    Binding {
        target: messages.chat.blocks
        property: "codeFamily"
        value: Theme.monoFamily
    }
    Binding {
        target: messages.chat.blocks
        property: "lineHeightPercent"
        value: Theme.readingLinePercent
    }
}

// The saved prompts, found by what follows the `/`. Enter takes the one that is marked.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style
import Lares.Ui

Popover {
    id: popover

    required property LibraryViewModel library
    /// Opens and closes it. It is not destroyed while open: Qt 6.4 then goes on blocking the window's shortcuts.
    property bool wanted: false

    signal chosen(string text)

    function move(step: int) {
        list.currentIndex = Math.max(0, Math.min(list.count - 1, list.currentIndex + step));
    }
    function take() {
        const row = list.currentItem as PromptRow;
        if (row)
            chosen(library.promptText(row.itemId));
    }

    onWantedChanged: wanted ? open() : close()
    Component.onCompleted: if (wanted) open()
    width: 400
    focus: false
    closePolicy: T.Popup.CloseOnEscape | T.Popup.CloseOnPressOutsideParent

    Column {
        width: popover.availableWidth

        ListView {
            id: list
            width: parent.width
            height: Math.min(contentHeight, 240)
            clip: true
            model: popover.library.prompts
            currentIndex: 0
            boundsBehavior: Flickable.StopAtBounds
            Accessible.role: Accessible.List
            Accessible.name: qsTr("Saved prompts")
            delegate: PromptRow {
                width: ListView.view.width
                highlighted: ListView.isCurrentItem
                onClicked: popover.chosen(popover.library.promptText(itemId))
                onForgetWanted: popover.library.removePrompt(itemId)
            }
        }
        Label {
            visible: list.count === 0
            width: parent.width
            padding: 12
            text: qsTr("No saved prompt has that name.")
            color: Theme.text2
            wrapMode: Text.Wrap
        }
    }
}

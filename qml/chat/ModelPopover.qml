// The models there are, one to a row; below them what can be done.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style
import Lares.Ui

Popover {
    id: popover

    required property ModelPickerViewModel models
    required property ShortcutList shortcuts
    readonly property bool loading: models.state === ModelPickerViewModel.Loading

    signal fileWanted

    width: 328
    closePolicy: T.Popup.CloseOnEscape | T.Popup.CloseOnPressOutsideParent
    onOpened: models.count > 0 ? list.forceActiveFocus(Qt.PopupFocusReason) : openFile.forceActiveFocus(Qt.PopupFocusReason)

    Column {
        anchors.fill: parent

        Item { // how far loading has come, and the way out of it
            width: parent.width
            height: 60
            visible: popover.loading

            Label {
                x: 12
                y: 8
                width: parent.width - 100
                text: popover.models.currentName
                elide: Text.ElideRight
            }
            ProgressBar {
                x: 12
                y: 40
                width: parent.width - 24
                value: popover.models.percent / 100
                Accessible.name: popover.models.stateText
            }
            Label {
                anchors.right: cancel.left
                anchors.rightMargin: 4
                y: 10
                kind: Label.Note
                text: qsTr("%1 %").arg(popover.models.percent)
                color: Theme.text2
            }
            IconButton {
                id: cancel
                anchors.right: parent.right
                anchors.rightMargin: 6
                y: 4
                size: Theme.smallHeight
                iconSize: 16
                icon.name: "x"
                text: qsTr("Cancel loading")
                onClicked: popover.models.unload()
            }
        }
        Label {
            width: parent.width
            visible: popover.models.state === ModelPickerViewModel.Failed
            leftPadding: 12
            rightPadding: 12
            topPadding: 8
            bottomPadding: 8
            kind: Label.Note
            text: popover.models.stateText
            color: Theme.amber
            wrapMode: Text.Wrap
        }
        ListView {
            id: list
            width: parent.width
            height: Math.min(contentHeight, 300)
            clip: true
            model: popover.models
            keyNavigationEnabled: true
            boundsBehavior: Flickable.StopAtBounds
            highlightMoveDuration: 0
            T.ScrollBar.vertical: ScrollBar {}
            KeyNavigation.tab: openFile
            Accessible.role: Accessible.List
            Accessible.name: qsTr("Models")
            Keys.onReturnPressed: (currentItem as ModelPopoverRow)?.clicked()
            Keys.onEnterPressed: (currentItem as ModelPopoverRow)?.clicked()
            Keys.onSpacePressed: (currentItem as ModelPopoverRow)?.clicked()
            Keys.onDownPressed: event => {
                if (currentIndex === count - 1)
                    openFile.forceActiveFocus(Qt.TabFocusReason);
                else
                    event.accepted = false;
            }
            Keys.onDeletePressed: (currentItem as ModelPopoverRow)?.forgetWanted()
            Keys.onShortcutOverride: event => event.accepted = event.key === Qt.Key_Delete

            delegate: ModelPopoverRow {
                width: ListView.view.width
                ring: ListView.isCurrentItem && list.activeFocus
                onClicked: {
                    popover.models.select(path);
                    popover.close();
                }
                onForgetWanted: popover.models.forget(path)
            }
        }
        MenuLine {
            visible: popover.models.count > 0
        }
        ItemRow {
            id: openFile
            width: parent.width
            icon.name: "file"
            text: qsTr("Open a model file…")
            note: popover.shortcuts.keysText(ShortcutList.OpenModelFile)
            KeyNavigation.up: list
            KeyNavigation.down: unload
            onClicked: {
                popover.close();
                popover.fileWanted();
            }
        }
        ItemRow {
            id: unload
            width: parent.width
            visible: popover.models.state === ModelPickerViewModel.Ready
            icon.name: "no"
            text: qsTr("Unload, give the memory back")
            KeyNavigation.up: openFile
            onClicked: {
                popover.models.unload();
                popover.close();
            }
        }
    }

    component MenuLine: Item {
        width: parent ? parent.width : 0
        height: 9
        Rectangle {
            y: 4
            width: parent.width
            height: 1
            color: Theme.line
        }
    }
}

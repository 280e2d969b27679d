// Where a message is written. Enter sends, Shift+Enter breaks the line, Up brings the last question back to be edited.
// While an answer is written Send is Stop, and typing goes on. Text files come by button, paste or drop; `/` at the
// beginning opens the saved prompts.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Lares.Style
import Lares.Ui

FocusScope {
    id: composer

    required property ChatViewModel chat
    required property LibraryViewModel library
    property bool compact: false
    readonly property bool wantsPrompt: chat.draft.startsWith("/") && !chat.draft.includes("\n") && !chat.editing

    signal pageWanted(int direction)
    signal filesWanted
    signal savePromptWanted

    function takePrompt(text: string) {
        chat.draft = text;
        input.forceActiveFocus(Qt.OtherFocusReason);
        input.cursorPosition = input.length;
    }

    function append(text: string) {
        input.forceActiveFocus(Qt.OtherFocusReason);
        input.insert(input.cursorPosition, text);
    }

    implicitHeight: card.height

    Connections {
        target: composer.chat
        function onEditingChanged() {
            input.forceActiveFocus(Qt.OtherFocusReason);
            input.cursorPosition = input.length;
        }
    }

    Rectangle {
        id: card
        readonly property real chipsHeight: chips.visible ? chips.height + 8 : 0
        width: parent.width
        height: (note.visible ? note.height : 12) + chipsHeight + scroll.height + 8 + Theme.controlHeight + 8
        radius: Theme.radiusCard
        color: Theme.page
        border.width: input.activeFocus ? 2 : 1
        border.color: input.activeFocus ? Theme.accent : Theme.control

        Item {
            id: note
            width: parent.width
            height: 40
            visible: composer.chat.editing

            Icon {
                x: 16
                anchors.verticalCenter: parent.verticalCenter
                name: "edit"
                size: 16
            }
            Label {
                anchors.verticalCenter: parent.verticalCenter
                x: 40
                width: parent.width - x - 48
                kind: Label.Note
                text: composer.chat.editingAnswer ? qsTr("Stands beside the model's answer, which stays as a branch.")
                                                  : qsTr("Stands beside your question, which stays as a branch.")
                color: Theme.text2
                elide: Text.ElideRight
            }
            IconButton {
                anchors.right: parent.right
                anchors.rightMargin: 8
                anchors.verticalCenter: parent.verticalCenter
                size: Theme.smallHeight
                iconSize: 16
                icon.name: "x"
                text: qsTr("Do not edit")
                onClicked: composer.chat.cancelEdit()
            }
        }
        AttachmentChips {
            id: chips
            x: 16
            y: note.visible ? note.height : 12
            width: parent.width - 32
            chat: composer.chat
        }
        Flickable {
            id: scroll
            x: 16
            y: (note.visible ? note.height : 12) + card.chipsHeight
            width: parent.width - 32
            height: Math.min(Math.max(24, input.contentHeight + 4), 8 * 20 + 4)
            contentWidth: width
            contentHeight: input.height
            clip: true
            boundsBehavior: Flickable.StopAtBounds
            T.ScrollBar.vertical: ScrollBar {}

            TextArea {
                id: input

                function keepCursorVisible() {
                    if (cursorRectangle.y < scroll.contentY)
                        scroll.contentY = cursorRectangle.y;
                    else if (cursorRectangle.y + cursorRectangle.height > scroll.contentY + scroll.height)
                        scroll.contentY = cursorRectangle.y + cursorRectangle.height - scroll.height;
                }

                width: scroll.width
                focus: true
                framed: false
                topPadding: 2
                bottomPadding: 2
                font.pixelSize: 16
                placeholderText: qsTr("Write a message")
                text: composer.chat.draft
                onTextChanged: composer.chat.draft = text
                onCursorRectangleChanged: keepCursorVisible()
                KeyNavigation.priority: KeyNavigation.BeforeItem
                KeyNavigation.tab: verb

                Keys.onPressed: event => {
                    const enter = event.key === Qt.Key_Return || event.key === Qt.Key_Enter;
                    const prompts = composer.wantsPrompt ? promptLoader.object as PromptPopover : null;
                    if (prompts && (event.key === Qt.Key_Up || event.key === Qt.Key_Down)) {
                        prompts.move(event.key === Qt.Key_Up ? -1 : 1);
                        event.accepted = true;
                    } else if (prompts && composer.library.prompts.count > 0 && enter) {
                        prompts.take();
                        event.accepted = true;
                    } else if (event.matches(StandardKey.Paste) && composer.chat.attachPasted()) {
                        event.accepted = true;
                    } else if (enter && !(event.modifiers & Qt.ShiftModifier)) {
                        composer.chat.send();
                        event.accepted = true;
                    } else if (event.key === Qt.Key_Up && input.length === 0 && !composer.chat.busy) {
                        composer.chat.editLast();
                        event.accepted = true;
                    } else if (event.key === Qt.Key_PageUp || event.key === Qt.Key_PageDown) {
                        composer.pageWanted(event.key === Qt.Key_PageUp ? -1 : 1);
                        event.accepted = true;
                    }
                }
            }
        }
        Row {
            x: 8
            anchors.verticalCenter: verb.verticalCenter
            IconButton {
                objectName: "attach"
                icon.name: "clip"
                text: qsTr("Attach text files")
                onClicked: composer.filesWanted()
            }
            IconButton {
                objectName: "prompts"
                icon.name: "slash"
                text: composer.chat.draft === "" ? qsTr("Saved prompts") : qsTr("Save this as a prompt")
                onClicked: {
                    if (composer.chat.draft === "" || composer.wantsPrompt)
                        composer.takePrompt("/");
                    else
                        composer.savePromptWanted();
                }
            }
        }
        DropArea {
            anchors.fill: parent
            keys: ["text/uri-list"]
            onDropped: drop => {
                composer.chat.attach(drop.urls);
                drop.accept();
            }
        }
        Lazy {
            id: promptLoader
            active: composer.wantsPrompt || object !== null
            content: PromptPopover {
                wanted: composer.wantsPrompt
                parent: card
                y: -height - 6
                library: composer.library
                onChosen: text => composer.takePrompt(text)
            }
        }
        Binding {
            target: composer.library
            property: "promptFilter"
            value: composer.wantsPrompt ? composer.chat.draft.substring(1) : ""
        }
        Label {
            anchors.right: verb.left
            anchors.rightMargin: 12
            anchors.verticalCenter: verb.verticalCenter
            visible: !composer.compact
            kind: Label.Note
            text: composer.chat.busy ? qsTr("Esc stops") : composer.chat.editing ? qsTr("Esc leaves it as it was") : ""
            color: Theme.text2
        }
        Button {
            id: verb
            anchors.right: parent.right
            anchors.rightMargin: 12
            anchors.bottom: parent.bottom
            anchors.bottomMargin: 8
            implicitWidth: 88
            variant: composer.chat.busy ? Button.Standard : Button.Primary
            icon.name: composer.chat.busy ? "stop" : "send"
            text: composer.chat.busy ? qsTr("Stop") : qsTr("Send")
            enabled: composer.chat.busy || composer.chat.canSend
            onClicked: {
                if (composer.chat.busy)
                    composer.chat.stop();
                else
                    composer.chat.send();
                input.forceActiveFocus(Qt.OtherFocusReason);
            }
        }
        HoverHandler {
            id: hover
        }
        Lazy {
            active: hover.hovered && !verb.enabled && composer.chat.cannotSendReason !== "" && input.length > 0
            content: ToolTip {
                parent: verb
                y: -height - 6
                text: composer.chat.cannotSendReason
                Component.onCompleted: open()
            }
        }
    }
}

// A name for the text in the composer, by which `/` finds it again.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style
import Lares.Ui

Dialog {
    id: dialog

    required property LibraryViewModel library
    required property string prompt

    objectName: "savePromptDialog"
    title: qsTr("Save this as a prompt")
    width: Math.min(400, (parent ? parent.width : 400) - 32)
    onOpened: name.forceActiveFocus()

    Column {
        width: parent.width
        spacing: 12
        Label {
            width: parent.width
            text: qsTr("Type / at the beginning of a message to find it again.")
            color: Theme.text2
            wrapMode: Text.Wrap
        }
        TextField {
            id: name
            width: parent.width
            placeholderText: qsTr("Name")
            maximumLength: 100
            onAccepted: save.clicked()
        }
        Button {
            id: save
            anchors.right: parent.right
            variant: Button.Primary
            enabled: name.text.trim() !== ""
            text: qsTr("Save")
            onClicked: {
                if (name.text.trim() === "")
                    return;
                dialog.library.savePrompt(name.text, dialog.prompt);
                dialog.close();
            }
        }
    }
}

// What this chat does otherwise than the settings say, and the assistants that bundle it.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style
import Lares.Ui

Dialog {
    id: dialog

    required property LibraryViewModel library
    required property ModelPickerViewModel models
    required property SettingsViewModel settings

    objectName: "chatOptionsDialog"
    title: qsTr("Settings of this chat")
    width: Math.min(520, (parent ? parent.width : 520) - 32)
    onAboutToShow: library.readOptions()
    onOpened: prompt.forceActiveFocus()
    onAboutToHide: {
        if (prompt.text !== library.systemPrompt)
            library.setSystemPrompt(prompt.text);
    }

    Column {
        width: parent.width
        spacing: 8

        Label {
            kind: Label.Section
            text: dialog.library.ownSystemPrompt ? qsTr("System prompt") : qsTr("System prompt, empty: as in the settings")
            color: Theme.text2
        }
        TextArea {
            id: prompt
            objectName: "chatSystemPrompt"
            width: parent.width
            height: 96
            placeholderText: qsTr("Who the model is in this chat, and how it should answer")
            text: dialog.library.systemPrompt
            KeyNavigation.priority: KeyNavigation.BeforeItem
            KeyNavigation.tab: warmth
        }
        Label {
            kind: Label.Section
            text: dialog.library.ownTemperature ? qsTr("Temperature: %1").arg(dialog.library.temperature.toFixed(2))
                                                : qsTr("Temperature: as in the settings")
            color: Theme.text2
        }
        Slider {
            id: warmth
            objectName: "chatTemperature"
            width: parent.width
            from: 0
            to: 2
            stepSize: 0.05
            value: dialog.library.ownTemperature ? dialog.library.temperature : 0.7
            Accessible.name: qsTr("Temperature")
            onMoved: dialog.library.setTemperature(Math.round(value * 100) / 100)
        }
        CheckBox {
            id: own
            width: parent.width
            text: qsTr("Always answer with %1").arg(dialog.library.model === "" ? dialog.models.currentName
                                                   : dialog.library.model.substring(dialog.library.model.lastIndexOf("/") + 1))
            enabled: dialog.library.model !== "" || dialog.models.state === ModelPickerViewModel.Ready
            checked: dialog.library.model !== ""
            onToggled: dialog.library.setModel(checked ? dialog.models.currentPath : "")
        }
        Label {
            kind: Label.Section
            text: qsTr("Assistants")
            color: Theme.text2
            topPadding: 8 + slack
        }
        Repeater {
            model: dialog.library.assistants
            delegate: ItemRow {
                id: row
                required property double itemId
                required property string name
                width: parent.width
                icon.name: row.name === dialog.library.assistant ? "check" : "models"
                text: row.name
                onClicked: dialog.library.applyAssistant(itemId)
                IconButton {
                    anchors.right: parent.right
                    anchors.verticalCenter: parent.verticalCenter
                    size: Theme.smallHeight
                    iconSize: 16
                    icon.name: "x"
                    text: qsTr("Forget the assistant %1").arg(row.name)
                    onClicked: dialog.library.removeAssistant(row.itemId)
                }
            }
        }
        Row {
            width: parent.width
            spacing: 8
            TextField {
                id: name
                objectName: "assistantName"
                width: parent.width - save.width - 8
                placeholderText: qsTr("Save these settings as an assistant")
                maximumLength: 100
                onAccepted: save.clicked()
            }
            Button {
                id: save
                enabled: name.text.trim() !== ""
                text: qsTr("Save")
                onClicked: {
                    if (prompt.text !== dialog.library.systemPrompt)
                        dialog.library.setSystemPrompt(prompt.text);
                    dialog.library.saveAssistant(name.text);
                    name.clear();
                }
            }
        }
        Row {
            anchors.right: parent.right
            spacing: 8
            Button {
                variant: Button.Quiet
                text: qsTr("As in the settings")
                onClicked: {
                    dialog.library.resetOptions();
                    prompt.clear();
                }
            }
            Button {
                variant: Button.Primary
                text: qsTr("Done")
                onClicked: dialog.close()
            }
        }
    }
}

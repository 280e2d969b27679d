// One setting: name, effect, and the control that fits its kind.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style
import Lares.Ui

Item {
    id: row

    required property int page
    required property string key
    required property string name
    required property string effect
    required property int editor
    required property var value
    required property double minimum
    required property double maximum
    required property double step
    required property var choices
    required property bool changed

    required property int pageShown
    required property SettingsViewModel settings
    required property Flickable area
    property bool compact: false

    readonly property bool tall: editor === SettingsViewModel.Paragraph
    readonly property bool below: tall || compact

    readonly property bool fewWords: editor === SettingsViewModel.Choice && choices.length <= 3 && choices.join("").length <= 30

    function set(value: var) {
        settings.setValue(key, value);
    }

    implicitHeight: below ? words.height + control.height + 36 : Math.max(64, words.height + 24)

    Rectangle {
        visible: row.y > 1
        width: parent.width
        height: 1
        color: Theme.line
    }
    Column {
        id: words
        x: Theme.space16
        y: row.below ? 12 : Math.round((row.height - height) / 2)
        width: row.below ? row.width - 32 - (undo.visible ? 32 : 0) : control.x - x - Theme.space16 - (undo.visible ? 32 : 0)

        Label {
            width: parent.width
            text: row.name
            elide: Text.ElideRight
        }
        Label {
            width: parent.width
            kind: Label.Note
            text: row.effect
            color: Theme.text2
            wrapMode: Text.Wrap
        }
    }
    IconButton {
        id: undo
        visible: row.changed
        x: row.below ? row.width - width - 12 : control.x - width - 8
        anchors.verticalCenter: words.verticalCenter
        size: Theme.smallHeight
        icon.name: "undo"
        text: qsTr("Back to the default: %1").arg(row.name)
        onClicked: row.settings.reset(row.key)
    }
    Lazy {
        id: control
        x: row.below ? Theme.space16 : row.width - width - Theme.space16
        y: row.below ? words.y + words.height + 8 : Math.round((row.height - height) / 2)
        width: row.tall ? row.width - 32 : implicitWidth
        content: {
            switch (row.editor) {
            case SettingsViewModel.Number: return numberEditor;
            case SettingsViewModel.Decimal: return decimalEditor;
            case SettingsViewModel.Choice: return row.fewWords ? segmentsEditor : choiceEditor;
            case SettingsViewModel.Line: return lineEditor;
            default: return paragraphEditor;
            }
        }
    }

    Component {
        id: numberEditor
        SpinBox {
            from: row.minimum
            to: row.maximum
            stepSize: row.step
            value: row.value
            Accessible.name: row.name
            onValueModified: row.set(value)
        }
    }
    Component {
        id: decimalEditor
        DecimalEditor {
            from: row.minimum
            to: row.maximum
            step: row.step
            value: row.value
            name: row.name
            onMoved: number => row.set(number)
        }
    }
    Component {
        id: segmentsEditor
        Segments {
            words: row.choices
            current: row.value
            Accessible.name: row.name
            onChosen: index => row.set(index)
        }
    }
    Component {
        id: choiceEditor
        ComboBox {
            implicitWidth: Math.min(240, row.width - 32)
            model: row.choices
            currentIndex: row.value
            Accessible.name: row.name
            onActivated: index => row.set(index)
        }
    }
    Component {
        id: lineEditor
        TextField {
            implicitWidth: Math.min(240, row.width - 32)
            text: row.value
            Accessible.name: row.name
            onEditingFinished: row.set(text)
        }
    }
    Component {
        id: paragraphEditor
        TextArea {
            width: control.width
            text: row.value
            Accessible.name: row.name
            implicitHeight: Math.max(84, contentHeight + topPadding + bottomPadding)
            KeyNavigation.priority: KeyNavigation.BeforeItem
            KeyNavigation.tab: nextItemInFocusChain(true)
            onTextChanged: if (activeFocus) row.set(text)
        }
    }
}

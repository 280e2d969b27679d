// A number with a fraction: the slider and what it says.
pragma ComponentBehavior: Bound

import QtQuick
import Lares.Style

Item {
    id: editor

    required property real from
    required property real to
    required property real step
    required property real value
    required property string name
    readonly property int digits: step >= 1 ? 0 : step >= 0.1 ? 1 : 2
    readonly property string words: Number(slider.value).toLocaleString(Qt.locale(), "f", digits)

    signal moved(real number)

    implicitWidth: 240
    implicitHeight: 28

    Slider {
        id: slider
        width: 192
        anchors.verticalCenter: parent.verticalCenter
        from: editor.from
        to: editor.to
        stepSize: editor.step
        snapMode: Slider.SnapAlways
        value: editor.value
        valueText: editor.words
        Accessible.name: editor.name
        onMoved: editor.moved(value)
    }
    Label {
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        kind: Label.Strong
        text: editor.words
    }
}
